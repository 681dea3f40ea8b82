using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing.Platform.Linux;

/// <summary>An owned file descriptor with the few calls that pipes and sockets between parent and child need.</summary>
internal sealed unsafe partial class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    public const int WouldBlock = -1;

    private const int CloseOnExec = 0x80000;
    private const int SetDescriptorFlags = 2;
    private const int DuplicateCloseOnExec = 1030;
    private const int NoSignal = 0x4000;
    private const int DontWait = 0x40;
    private const int EINTR = 4;
    private const int EAGAIN = 11;
    private const int EPIPE = 32;
    private const int ECONNRESET = 104;

    public FileDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    public int Number => (int)handle;

    /// <summary>A connected pair of stream sockets, closed on exec.</summary>
    public static (FileDescriptor Parent, FileDescriptor Child) CreateSocketPair()
    {
        var pair = stackalloc int[2];
        Check(socketpair(1, 1 | CloseOnExec, 0, pair));
        return (Raise(pair[0]), Raise(pair[1]));
    }

    /// <summary>A pipe, closed on exec.</summary>
    public static (FileDescriptor Read, FileDescriptor Write) CreatePipe()
    {
        var pair = stackalloc int[2];
        Check(pipe2(pair, CloseOnExec));
        return (Raise(pair[0]), Raise(pair[1]));
    }

    /// <summary>From here on no program that this process starts inherits the handle.</summary>
    public void SetCloseOnExec() => Check(fcntl(Number, SetDescriptorFlags, 1));

    public void SetNonBlocking()
    {
        const int getStatus = 3, setStatus = 4, nonBlocking = 0x800;
        Check(fcntl(Number, setStatus, fcntl(Number, getStatus, 0) | nonBlocking));
    }

    /// <summary>Reads what is there: 0 at the end, <see cref="WouldBlock"/> when a non-blocking descriptor has nothing.</summary>
    public int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* pointer = buffer)
            {
                count = read(Number, pointer, (nuint)buffer.Length);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case EINTR:
                    continue;
                case EAGAIN:
                    return WouldBlock;
                case ECONNRESET:
                    return 0; // the other side died with unread bytes of ours: its end all the same
                case var error:
                    throw new Win32Exception(error);
            }
        }
    }

    /// <summary>Writes to a pipe; <see langword="false"/> when nobody reads any more.</summary>
    public bool Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            nint count;
            fixed (byte* pointer = data)
            {
                count = write(Number, pointer, (nuint)data.Length);
            }

            if (count >= 0)
            {
                data = data[(int)count..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case EINTR:
                    continue;
                case EPIPE:
                    return false;
                case var error:
                    throw new Win32Exception(error);
            }
        }

        return true;
    }

    /// <summary>Sends without blocking and without SIGPIPE: the bytes taken, <see cref="WouldBlock"/> when the other side has no room, or -2 when it is gone.</summary>
    public int Send(ReadOnlySpan<byte> data)
    {
        while (true)
        {
            nint count;
            fixed (byte* pointer = data)
            {
                count = send(Number, pointer, (nuint)data.Length, NoSignal | DontWait);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case EINTR:
                    continue;
                case EAGAIN:
                    return WouldBlock;
                case EPIPE or ECONNRESET:
                    return -2;
                case var error:
                    throw new Win32Exception(error);
            }
        }
    }

    /// <summary>Waits until the descriptor takes bytes, has failed, or the time is over.</summary>
    public bool WaitWritable(int milliseconds) => Poll(4, milliseconds);

    /// <summary>Waits until the descriptor has something to read, or the time is over; a pidfd: until its process has ended.</summary>
    public bool WaitReadable(int milliseconds) => Poll(1, milliseconds);

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    /// <summary>Moves a descriptor above the standard ones, which a parent may have closed: a pipe must not become its own child's standard output.</summary>
    private static FileDescriptor Raise(int descriptor)
    {
        var raised = fcntl(descriptor, DuplicateCloseOnExec, 10);
        var error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        return raised >= 0 ? new FileDescriptor(raised) : throw new Win32Exception(error);
    }

    private bool Poll(short events, int milliseconds)
    {
        var request = stackalloc long[1]; // struct pollfd: descriptor, wanted, seen
        *(int*)request = Number;
        ((short*)request)[2] = events;
        return poll(request, 1, milliseconds) > 0;
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, int* pair);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* pair, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int descriptor, byte* buffer, nuint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(void* requests, nuint count, int milliseconds);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
