// The ledger's tables. A migration that was released is never changed: a new one follows it.

import type { DatabaseSync } from 'node:sqlite'
import { SandboxError } from './sandbox-error.ts'

/** Brings the tables up to date. Throws SandboxError `storage_newer`. */
export function migrate(database: DatabaseSync): void {
  database.exec('begin immediate')
  try {
    const done = Number(database.prepare('pragma user_version').get()?.user_version)
    if (done > MIGRATIONS.length) {
      throw new SandboxError('storage_newer', "the ledger was written by a newer sandbox's version")
    }
    for (const migration of MIGRATIONS.slice(done)) database.exec(migration)
    database.exec(`pragma user_version = ${MIGRATIONS.length}`)
    database.exec('commit')
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}

const MIGRATIONS: readonly string[] = [
  `create table secrets (name text primary key, secret blob not null) strict;

   create table wallets (
     key text primary key,
     issued_msat integer not null check (issued_msat >= 0),
     balance_msat integer not null check (balance_msat >= 0),
     methods text not null,
     encryptions text not null
   ) strict;

   create table invoices (
     id integer primary key,
     payment_hash text not null unique,
     preimage text not null,
     payee text not null references wallets (key),
     invoice text not null unique,
     amount_msat integer not null check (amount_msat > 0),
     description text not null,
     created_at integer not null,
     expires_at integer not null,
     payer text references wallets (key),
     paid_at integer,
     check ((payer is null) = (paid_at is null))
   ) strict;
   create index invoices_by_payee on invoices (payee, created_at);
   create index invoices_by_payer on invoices (payer, paid_at) where payer is not null;

   create table answers (
     request_id text primary key,
     answer text not null,
     answered_at integer not null
   ) strict;
   create index answers_by_age on answers (answered_at);`,
]
