using System.Runtime.InteropServices;

namespace PluginHost.Pictures;

/// <summary>Two functions of the C runtime. They are on every machine, so that the sample needs no C compiler.</summary>
internal static unsafe partial class CRuntime
{
    /// <summary><c>memcpy</c>: copies as many bytes as it is called with, whether they are there or not.</summary>
    public static void Copy(void* target, void* source, nuint length) =>
        _ = OperatingSystem.IsWindows() ? Windows.Copy(target, source, length) : Unix.Copy(target, source, length);

    /// <summary><c>strlen</c>: reads from an address to the next zero, whatever is there.</summary>
    public static nuint Length(byte* text) => OperatingSystem.IsWindows() ? Windows.Length(text) : Unix.Length(text);

    private static partial class Unix
    {
        [LibraryImport("libc", EntryPoint = "memcpy")]
        public static partial void* Copy(void* target, void* source, nuint length);

        [LibraryImport("libc", EntryPoint = "strlen")]
        public static partial nuint Length(byte* text);
    }

    private static partial class Windows
    {
        [LibraryImport("ucrtbase", EntryPoint = "memcpy")]
        public static partial void* Copy(void* target, void* source, nuint length);

        [LibraryImport("ucrtbase", EntryPoint = "strlen")]
        public static partial nuint Length(byte* text);
    }
}
