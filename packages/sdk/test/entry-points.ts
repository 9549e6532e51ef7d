// What a user of the SDK can call, found in its types.
import ts from 'typescript'

export type EntryPoint = {
  /** As in `PaymentHandle.cancel`. */
  readonly name: string
  readonly hasExample: boolean
}

/** Every value that `index` exports, and every method of what it exports. */
export function entryPoints(index: string): readonly EntryPoint[] {
  const program = ts.createProgram([index], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: [],
    strict: true,
  })
  const checker = program.getTypeChecker()
  const file = program.getSourceFile(index)
  const module = file && checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error(`${index} exports nothing`)

  const point = (name: string, symbol: ts.Symbol): EntryPoint => ({
    name,
    hasExample: symbol.getJsDocTags(checker).some((tag) => tag.name === 'example'),
  })
  const isOurMethod = ({ declarations = [] }: ts.Symbol) =>
    declarations.some(
      (node) =>
        (ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) &&
        !program.isSourceFileDefaultLibrary(node.getSourceFile()),
    )

  return checker.getExportsOfModule(module).flatMap((exported) => {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported
    const { name } = exported
    const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0
    const type = checker.getDeclaredTypeOfSymbol(symbol)
    // A choice of shapes is what a user gives or is told, and nothing to call.
    const methods = type.isUnion() ? [] : type.getProperties().filter(isOurMethod)
    return [
      ...(isValue ? [point(name, symbol)] : []),
      ...methods.map((method) => point(`${name}.${method.name}`, method)),
    ]
  })
}
