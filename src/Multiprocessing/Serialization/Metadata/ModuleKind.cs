namespace Multiprocessing;

/// <summary>What a module is named by.</summary>
internal enum ModuleKind : byte
{
    CoreLibrary,
    ThisLibrary,

    /// <summary>An assembly of the program, by version id and name, which the other side loads as it loads its own references.</summary>
    Named,

    /// <summary>The same with the file, the context and the dependencies, for an assembly that the program loaded by itself.</summary>
    Plugin,
}
