using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>Memory and page file that may still be committed. Shared memory uses it.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class CommitSpace
{
    public static long Available()
    {
        var status = new MemoryStatus { Size = (uint)sizeof(MemoryStatus) };
        return GlobalMemoryStatus(&status) != 0 ? (long)status.AvailablePageFile : 0;
    }

    [LibraryImport("kernel32", EntryPoint = "GlobalMemoryStatusEx")]
    private static partial int GlobalMemoryStatus(MemoryStatus* status);

    private struct MemoryStatus
    {
        public uint Size;
        public uint Load;
        public ulong TotalPhysical;
        public ulong AvailablePhysical;
        public ulong TotalPageFile;
        public ulong AvailablePageFile;
        public ulong TotalVirtual;
        public ulong AvailableVirtual;
        public ulong AvailableExtendedVirtual;
    }
}
