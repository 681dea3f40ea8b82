using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Posix;

/// <summary>A file descriptor with the calls that pipes and sockets between parent and child need.</summary>
internal sealed unsafe partial class DescriptorEnd : PipeEnd
{
    private const int StandardOutputNumber = 1;
    private const int StandardErrorNumber = 2;
    private const short Readable = 1;
    private const short Writable = 4;

    // A parent may have closed its standard streams: a pipe must not become the standard output of its own child.
    private const int LeastNumber = 10;

    private readonly Descriptor _descriptor;

    public DescriptorEnd(int descriptor) => _descriptor = new Descriptor(descriptor);

    public int Number => _descriptor.Number;

    public bool IsClosed => _descriptor.IsClosed;

    public override string InheritedAs => Number.ToString(CultureInfo.InvariantCulture);

    // MSG_NOSIGNAL and MSG_DONTWAIT. macOS lacks the first; the runtime ignores SIGPIPE there.
    private static int SendFlags => OperatingSystem.IsLinux() ? 0x4000 | 0x40 : 0x80;

    /// <inheritdoc cref="PipeEnd.CreateChannel"/>
    public static new (PipeEnd Parent, PipeEnd Child) CreateChannel()
    {
        var pair = stackalloc int[2];
        Check(OperatingSystem.IsLinux() ? SocketPair(1, 1 | OpenFlags.CloseOnExec, 0, pair) : SocketPair(1, 1, 0, pair));
        return Raise(pair);
    }

    /// <inheritdoc cref="PipeEnd.CreateOneWay"/>
    public static new (PipeEnd Read, PipeEnd Write) CreateOneWay()
    {
        var pair = stackalloc int[2];
        Check(OperatingSystem.IsLinux() ? Pipe2(pair, OpenFlags.CloseOnExec) : Pipe(pair));
        return Raise(pair);
    }

    // Not int.Parse: it reads a culture, and the first culture of a process loads ICU, which costs more than the rest of the start.
    /// <inheritdoc cref="PipeEnd.Inherited"/>
    public static new PipeEnd? Inherited(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 9)
        {
            return null;
        }

        var number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return null;
            }

            number = (number * 10) + (digit - '0');
        }

        DescriptorControl.SetCloseOnExec(number);
        return new DescriptorEnd(number);
    }

    /// <inheritdoc cref="PipeEnd.StandardOutput"/>
    public static new PipeEnd StandardOutput() => Standard(StandardOutputNumber);

    /// <inheritdoc cref="PipeEnd.StandardError"/>
    public static new PipeEnd StandardError() => Standard(StandardErrorNumber);

    public override void SetNonBlocking() => DescriptorControl.SetNonBlocking(Number);

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* pointer = buffer)
            {
                count = Read(Number, pointer, (nuint)buffer.Length);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == Errno.Again)
            {
                return WouldBlock;
            }

            if (error == Errno.ConnectionReset)
            {
                return 0; // the other side died with unread bytes of ours: also its end
            }

            if (error != Errno.Interrupted)
            {
                throw new Win32Exception(error);
            }
        }
    }

    // What a process wrote is in the pipe before the process has ended.
    public override void Settle()
    {
    }

    public override bool Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            nint count;
            fixed (byte* pointer = data)
            {
                count = Write(Number, pointer, (nuint)data.Length);
            }

            if (count >= 0)
            {
                data = data[(int)count..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.Interrupted:
                    continue;
                case Errno.BrokenPipe:
                    return false;
                case var error when error == Errno.Again:
                    _ = Poll(Writable, -1); // another program that shares the terminal or pipe made it non-blocking; its end or an error also wakes
                    continue;
                case var error:
                    throw new Win32Exception(error);
            }
        }

        return true;
    }

    /// <summary>Writes one byte if there is room for it.</summary>
    public void WriteByte()
    {
        byte value = 1;
        _ = Write(Number, &value, 1);
    }

    public override bool TrySend(ReadOnlySpan<byte> data, TimeSpan timeout)
    {
        var start = Stopwatch.GetTimestamp();
        while (!data.IsEmpty)
        {
            nint count;
            fixed (byte* pointer = data)
            {
                // Without blocking and without SIGPIPE.
                count = Send(Number, pointer, (nuint)data.Length, SendFlags);
            }

            if (count >= 0)
            {
                data = data[(int)count..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error is Errno.BrokenPipe || error == Errno.ConnectionReset)
            {
                return false;
            }

            if (error == Errno.Again)
            {
                var left = timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : timeout - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                {
                    return false;
                }

                _ = Poll(Writable, timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Clamp(left.TotalMilliseconds, 1, 1000));
            }
            else if (error != Errno.Interrupted)
            {
                throw new Win32Exception(error);
            }
        }

        return true;
    }

    public override void EndWriting() => _ = Shutdown(Number, 1);

    public override bool WaitUntilReady(int milliseconds) => Poll(Readable, milliseconds);

    public override void Dispose() => _descriptor.Dispose();

    private static DescriptorEnd Standard(int number)
    {
        var end = new DescriptorEnd(number);
        GC.SuppressFinalize(end._descriptor);
        return end;
    }

    /// <summary>Owns both descriptors. If no number is left for one of them, both are closed.</summary>
    private static (PipeEnd First, PipeEnd Second) Raise(int* pair)
    {
        var first = new DescriptorEnd(pair[0]);
        var second = new DescriptorEnd(pair[1]);
        try
        {
            first = first.Raised();
            second = second.Raised();
            return (first, second);
        }
        catch
        {
            first.Dispose();
            second.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Returns the same end with a number of at least <see cref="LeastNumber"/>, closed on exec. Closes this one if the number differs.
    /// </summary>
    private DescriptorEnd Raised()
    {
        if (OperatingSystem.IsLinux() && Number >= LeastNumber)
        {
            return this; // on other systems it is not closed on exec yet
        }

        var raised = new DescriptorEnd(DescriptorControl.Duplicate(Number, LeastNumber));
        Dispose();
        return raised;
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private bool Poll(short events, int milliseconds)
    {
        var request = new PollRequest { Descriptor = Number, Wanted = events };
        return PollRequest.Poll(&request, 1, milliseconds) > 0;
    }

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPair(int domain, int type, int protocol, int* pair);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe2(int* pair, int flags);

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    private static partial int Pipe(int* pair);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int descriptor, byte* buffer, nuint count, int flags);
}
