using System.Reflection;
using System.Runtime.Loader;

namespace Multiprocessing;

/// <summary>What kind of context an assembly was loaded into.</summary>
internal enum ContextKind : byte
{
    /// <summary>The program's own; by <see cref="Assembly.LoadFrom(string)"/> too.</summary>
    Default,

    /// <summary>One for each file: <see cref="Assembly.LoadFile(string)"/>.</summary>
    File,

    /// <summary>An <see cref="AssemblyLoadContext"/> of the program or of one of its libraries.</summary>
    Own,
}

/// <summary>A context in a message. An own one is known by the process that made it and a number there, so two with the same name and the same files stay two.</summary>
internal sealed record ContextKey(ContextKind Kind, Guid Process, int Number, string Name, bool IsCollectible)
{
    public static readonly ContextKey Default = new(ContextKind.Default, Guid.Empty, 0, "", false);

    public static readonly ContextKey File = new(ContextKind.File, Guid.Empty, 0, "", false);
}
