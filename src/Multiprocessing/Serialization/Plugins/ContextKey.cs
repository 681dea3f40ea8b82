using System.Reflection;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>The kind of context that an assembly was loaded into.</summary>
internal enum ContextKind : byte
{
    /// <summary>The default context, also by <see cref="Assembly.LoadFrom(string)"/>.</summary>
    Default,

    /// <summary>One for each file: <see cref="Assembly.LoadFile(string)"/>.</summary>
    File,

    /// <summary>An <see cref="AssemblyLoadContext"/> of the program or of one of its libraries.</summary>
    Own,
}

/// <summary>
/// A context in a message. One of kind Own is identified by the process that created it and a number there, so that two with the same name and files
/// stay two.
/// </summary>
internal sealed record ContextKey(ContextKind Kind, Guid Process, int Number, string Name, bool IsCollectible)
{
    public static readonly ContextKey Default = new(ContextKind.Default, Guid.Empty, 0, "", false);

    public static readonly ContextKey File = new(ContextKind.File, Guid.Empty, 0, "", false);
}
