using System.Runtime.InteropServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Converts the error number of a segment file into the exception that says what to do.</summary>
internal static class SharedMemoryErrors
{
    public static Exception For(int error, string path, long bytes) => error switch
    {
        MappedFile.NoSpace => new InsufficientSharedMemoryException(path, bytes, FreeBytes(path)),
        MappedFile.NoEntry => new InvalidOperationException($"The shared memory '{path}' does not exist any more: its session has ended, or its "
            + "last holder has released it."),
        MappedFile.OutOfMemory => new InsufficientMemoryException($"'{path}' ({bytes} bytes) could not be mapped: the process has no address space "
            + "or no mappings left (vm.max_map_count). Dispose queues and arrays that are no longer used."),
        MappedFile.TooManyMappings => new InsufficientSharedMemoryException(
            path,
            bytes,
            FreeBytes(path),
            $"'{path}' ({bytes} bytes) is not mapped: this process has {MappingBudget.Mapped} pieces of shared memory, one for each lock, queue, "
            + "array and other shared object. The system allows it "
            + $"{MappingBudget.Limit} mappings (vm.max_map_count), of which {MappingBudget.Reserve} are left to the runtime, which would end the "
            + "process without them. Dispose objects that are no longer used, "
            + "keep many values in one SharedArray, or raise the limit (sysctl -w vm.max_map_count=262144)."),
        _ => new IOException($"'{path}' ({bytes} bytes) could not be mapped: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})."),
    };

    /// <summary>Returns the number of free bytes on the file system of <paramref name="path"/>, which need not exist.</summary>
    public static long FreeBytes(string path) => FileSystemSpace.Available(Path.GetDirectoryName(path)!);
}
