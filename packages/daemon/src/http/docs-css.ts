// The look of the reference page: plain, readable on a phone, on a desk, in the dark.

export const DOCS_CSS = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --link: light-dark(#0550ae, #79b8ff) }
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; overflow-wrap: break-word }
a { color: var(--link); text-decoration: none }
a:hover { text-decoration: underline }
nav { padding: 1rem; border-bottom: 1px solid var(--line); font-size: .875rem }
nav ul { list-style: none; margin: 0; padding: 0 }
nav ul ul { padding-left: .75rem; margin-bottom: .5rem }
nav ul ul a { display: flex; gap: .35rem; align-items: baseline }
nav b, h3 b { font-size: .8em; letter-spacing: .04em }
main { padding: 1rem; max-width: 60rem }
h1 small { font-weight: normal; opacity: .7 }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line) }
h3 { margin: 2rem 0 .5rem }
code, pre { font: .9em/1.5 ui-monospace, monospace }
code { background: var(--soft); border-radius: 3px; padding: .1em .25em }
h3 code { background: none }
pre { background: var(--soft); padding: .75rem; border-radius: 6px; overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line) }
th { font-weight: normal; opacity: .7; border: 0 }
td:first-child { min-width: 5rem }
td:nth-child(2) { min-width: 8rem }
td code { overflow-wrap: anywhere }
td:first-child code { overflow-wrap: normal }
small, .note { opacity: .75 }
:target { background: var(--soft) }
@media (max-width: 40rem) {
  .fields tr, .fields td { display: block }
  .fields tr:first-child { display: none }
  .fields tr { border-top: 1px solid var(--line); padding: .5rem 0 }
  .fields td { border: 0; padding: 0 0 .15rem }
  .answers tr { display: grid; grid-template-columns: 3rem 1fr; border-top: 1px solid var(--line); padding: .35rem 0 }
  .answers td { border: 0; padding: 0 }
  .answers td:nth-child(3) { grid-column: 2 }
  td:first-child, td:nth-child(2) { min-width: 0 }
  .answers tr:first-child { display: none }
}
@media (min-width: 60rem) {
  body { display: grid; grid-template-columns: 20rem 1fr }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border: 0; border-right: 1px solid var(--line) }
  main { padding: 1rem 3rem 4rem }
}
`
