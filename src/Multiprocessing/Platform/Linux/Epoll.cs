using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Linux;

/// <summary>epoll(7), level triggered, for reading.</summary>
internal sealed unsafe partial class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Delete = 2;
    private const uint Readable = 1;
    private const int EINTR = 4;

    // struct epoll_event is packed on x64 and naturally aligned elsewhere.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - sizeof(long);

    private readonly FileDescriptor _descriptor;

    public Epoll()
    {
        var descriptor = epoll_create1(CloseOnExec);
        _descriptor = descriptor >= 0 ? new FileDescriptor(descriptor) : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Reports <paramref name="tag"/> from <see cref="Wait"/> while <paramref name="descriptor"/> has something to read or its other side is gone.</summary>
    public void Watch(FileDescriptor descriptor, long tag)
    {
        var data = stackalloc byte[EventSize];
        *(uint*)data = Readable;
        *(long*)(data + DataOffset) = tag;
        if (epoll_ctl(_descriptor.Number, Add, descriptor.Number, data) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public void Unwatch(FileDescriptor descriptor)
    {
        var data = stackalloc byte[EventSize];
        if (epoll_ctl(_descriptor.Number, Delete, descriptor.Number, data) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Waits for at least one readable descriptor and fills in the tags; 0 when the time is over.</summary>
    /// <param name="tags">Receives the tags, at most 64.</param>
    /// <param name="milliseconds">How long; -1 for ever.</param>
    public int Wait(Span<long> tags, int milliseconds)
    {
        const int most = 64;
        var events = stackalloc byte[most * EventSize];
        var count = epoll_wait(_descriptor.Number, events, Math.Min(most, tags.Length), milliseconds);
        if (count < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error == EINTR ? 0 : throw new Win32Exception(error);
        }

        for (var i = 0; i < count; i++)
        {
            tags[i] = *(long*)(events + (i * EventSize) + DataOffset);
        }

        return count;
    }

    public void Dispose() => _descriptor.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int most, int milliseconds);
}
