namespace Multiprocessing;

/// <summary>How a module is named.</summary>
internal enum ModuleKind : byte
{
    CoreLibrary,
    ThisLibrary,

    /// <summary>An assembly of the program, by version id and name. The reader loads it like its own references.</summary>
    Named,

    /// <summary>An assembly that the program loaded by itself: also by its file, context and dependencies.</summary>
    Plugin,
}
