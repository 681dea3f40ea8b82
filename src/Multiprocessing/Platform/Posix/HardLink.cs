using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>link(2): gives a file a second name, unless the name exists.</summary>
internal static partial class HardLink
{
    public static bool TryCreate(string path, string name) => Link(path, name) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string name);
}
