using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Multiprocessing.Platform.Posix;

namespace Multiprocessing.Platform.Linux;

/// <summary>epoll(7), level triggered, for reading.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class Epoll : ReadinessSet
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Delete = 2;
    private const uint Readable = 1;
    private const int EINTR = 4;

    // struct epoll_event is packed on x64 and naturally aligned elsewhere.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - sizeof(long);

    private readonly DescriptorEnd _descriptor;

    public Epoll()
    {
        var descriptor = epoll_create1(CloseOnExec);
        _descriptor = descriptor >= 0 ? new DescriptorEnd(descriptor) : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public override void Watch(WaitSource source, long tag)
    {
        var data = stackalloc byte[EventSize];
        *(uint*)data = Readable;
        *(long*)(data + DataOffset) = tag;
        if (epoll_ctl(_descriptor.Number, Add, ((DescriptorEnd)source).Number, data) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public override void Unwatch(WaitSource source)
    {
        var data = stackalloc byte[EventSize];
        if (epoll_ctl(_descriptor.Number, Delete, ((DescriptorEnd)source).Number, data) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public override int Wait(Span<long> tags, int milliseconds)
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

    public override void Dispose() => _descriptor.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int most, int milliseconds);
}
