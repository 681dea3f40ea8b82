using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Multiprocessing.Host")]

namespace Multiprocessing;

/// <summary>Stands for the library's own class of this name.</summary>
internal static class ChildEntryPoint
{
    /// <summary>Never called: no child loads this assembly.</summary>
    public static void Run() => throw new NotSupportedException(
        "This assembly was compiled against, not to be run; Multiprocessing.dll belongs in its place.");
}
