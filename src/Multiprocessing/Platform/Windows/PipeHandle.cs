using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>ReadFile and WriteFile on pipes, and the creation of pipes.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class PipeHandle
{
    private const uint BufferSize = 64 * 1024;
    private const uint Outbound = 2;
    private const uint Overlapped = 0x40000000;
    private const uint FirstInstance = 0x80000;
    private const uint RejectRemote = 8;
    private const uint GenericRead = 0x80000000;
    private const uint OpenExisting = 3;

    public static (OwnedHandle Read, OwnedHandle Write) Create()
    {
        Win32.Check(CreatePipe(out var read, out var write, 0, BufferSize));
        return (new OwnedHandle(read), new OwnedHandle(write));
    }

    /// <summary>
    /// Creates a pipe whose writer may stop waiting. Such pipes need a name: this one cannot be guessed, and no other process can open it.
    /// </summary>
    public static (OwnedHandle Read, OwnedHandle Write) CreateWithOverlappedWriter()
    {
        var name = $@"\\.\pipe\mp-{Guid.NewGuid():N}";
        var write = new OwnedHandle(CreateNamedPipe(name, Outbound | Overlapped | FirstInstance, RejectRemote, 1, BufferSize, BufferSize, 0, 0));
        if (write.IsInvalid)
        {
            throw Win32.LastError();
        }

        var read = new OwnedHandle(CreateFile(name, GenericRead, 0, 0, OpenExisting, 0, 0));
        if (read.IsInvalid)
        {
            var error = Win32.LastError();
            write.Dispose();
            throw error;
        }

        return (read, write);
    }

    /// <summary>Waits for data. Returns 0 at the end.</summary>
    public static int Read(OwnedHandle handle, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            uint count;
            return ReadFile(handle.Value, start, (uint)buffer.Length, &count, null) != 0 ? (int)count : 0; // ERROR_BROKEN_PIPE, or cancelled
        }
    }

    /// <summary>Waits for room. Returns <see langword="false"/> if the pipe has no reader any more.</summary>
    public static bool Write(OwnedHandle handle, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            for (var done = 0; done < data.Length;)
            {
                uint count;
                if (WriteFile(handle.Value, start + done, (uint)(data.Length - done), &count, null) == 0)
                {
                    return false;
                }

                done += (int)count;
            }
        }

        return true;
    }

    /// <summary>Writes to an overlapped pipe, and stops when the time has elapsed.</summary>
    public static bool TryWrite(OwnedHandle handle, ReadOnlySpan<byte> data, TimeSpan timeout)
    {
        using var done = new OwnedHandle(Win32.CreateEvent(0, 1, 0, null));
        fixed (byte* start = data)
        {
            var operation = new Operation { Event = done.Value };
            uint count;
            if (WriteFile(handle.Value, start, (uint)data.Length, &count, &operation) == 0)
            {
                if (Marshal.GetLastPInvokeError() != Win32.Pending)
                {
                    return false;
                }

                var milliseconds = timeout == Timeout.InfiniteTimeSpan
                    ? Win32.Infinite
                    : (uint)Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue);
                if (Win32.WaitForSingleObject(done.Value, milliseconds) != 0)
                {
                    _ = CancelIoEx(handle.Value, &operation);
                }
            }

            // Waits for the end of the operation in any case: the system writes into it, and it is on this stack.
            return GetOverlappedResult(handle.Value, &operation, &count, 1) != 0 && count == data.Length;
        }
    }

    /// <summary>Ends a read in which another thread waits.</summary>
    public static void Cancel(OwnedHandle handle) => _ = CancelIoEx(handle.Value, null);

    [LibraryImport("kernel32", EntryPoint = "CreatePipe", SetLastError = true)]
    private static partial int CreatePipe(out nint read, out nint write, nint security, uint size);

    [LibraryImport("kernel32", EntryPoint = "CreateNamedPipeW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateNamedPipe(
        string name, uint access, uint mode, uint instances, uint outSize, uint inSize, uint timeout, nint security);

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateFile(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", EntryPoint = "ReadFile", SetLastError = true)]
    private static partial int ReadFile(nint handle, byte* buffer, uint size, uint* count, Operation* operation);

    [LibraryImport("kernel32", EntryPoint = "WriteFile", SetLastError = true)]
    private static partial int WriteFile(nint handle, byte* data, uint size, uint* count, Operation* operation);

    [LibraryImport("kernel32", EntryPoint = "GetOverlappedResult", SetLastError = true)]
    private static partial int GetOverlappedResult(nint handle, Operation* operation, uint* count, int wait);

    [LibraryImport("kernel32", EntryPoint = "CancelIoEx")]
    private static partial int CancelIoEx(nint handle, Operation* operation);

    private struct Operation
    {
        public nuint Status;
        public nuint Transferred;
        public ulong Offset;
        public nint Event;
    }
}
