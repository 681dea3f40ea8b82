using System.Globalization;
using System.Runtime.Versioning;
using System.Text;

namespace Multiprocessing.Platform.Windows;

/// <summary>
/// One end of a pipe, or the two ends that form a channel on Windows: with one handle for both directions, a write would wait for the read before it.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class HandleEnd : PipeEnd, ISignaling
{
    private const int StandardOutputHandle = -11;
    private const int StandardErrorHandle = -12;

    private readonly OwnedHandle? _read;
    private readonly OwnedHandle? _write;
    private readonly bool _writesOverlapped;
    private PipePump? _pump;

    // Standard output and standard error, which receive the lines of children in UTF-8.
    private Decoder? _decoder;

    private HandleEnd(OwnedHandle? read, OwnedHandle? write, bool writesOverlapped = false)
    {
        _read = read;
        _write = write;
        _writesOverlapped = writesOverlapped;
    }

    public Action? Changed { get; set; }

    public bool IsClosed { get; private set; }

    public bool IsReady => _pump is null || _pump.IsReady;

    public override string InheritedAs => string.Create(CultureInfo.InvariantCulture, $"{_read!.Value},{_write!.Value}");

    /// <summary>The handles that a child must inherit to use this end.</summary>
    public IEnumerable<nint> Handles
    {
        get
        {
            if (_read is not null)
            {
                yield return _read.Value;
            }

            if (_write is not null)
            {
                yield return _write.Value;
            }
        }
    }

    /// <inheritdoc cref="PipeEnd.CreateChannel"/>
    public static new (PipeEnd Parent, PipeEnd Child) CreateChannel()
    {
        var (childRead, parentWrite) = PipeHandle.CreateWithOverlappedWriter();
        var (parentRead, childWrite) = PipeHandle.Create();
        return (new HandleEnd(parentRead, parentWrite, writesOverlapped: true), new HandleEnd(childRead, childWrite));
    }

    /// <inheritdoc cref="PipeEnd.CreateOneWay"/>
    public static new (PipeEnd Read, PipeEnd Write) CreateOneWay()
    {
        var (read, write) = PipeHandle.Create();
        return (new HandleEnd(read, null), new HandleEnd(null, write));
    }

    /// <inheritdoc cref="PipeEnd.Inherited"/>
    public static new PipeEnd? Inherited(string? text)
    {
        if (text?.Split(',') is not [var first, var second]
            || !long.TryParse(first, CultureInfo.InvariantCulture, out var read)
            || !long.TryParse(second, CultureInfo.InvariantCulture, out var write))
        {
            return null;
        }

        var end = new HandleEnd(new OwnedHandle((nint)read), new OwnedHandle((nint)write));
        foreach (var handle in end.Handles)
        {
            Win32.Check(Win32.SetHandleInformation(handle, 1, 0));
        }

        return end;
    }

    /// <inheritdoc cref="PipeEnd.StandardOutput"/>
    public static new PipeEnd StandardOutput() => Standard(StandardOutputHandle);

    /// <inheritdoc cref="PipeEnd.StandardError"/>
    public static new PipeEnd StandardError() => Standard(StandardErrorHandle);

    private static HandleEnd Standard(int which)
    {
        var handle = new OwnedHandle(Win32.GetStdHandle(which));
        GC.SuppressFinalize(handle);
        return new HandleEnd(null, handle) { _decoder = Encoding.UTF8.GetDecoder() };
    }

    public override void SetNonBlocking() => _pump = new PipePump(_read!, () => Changed?.Invoke());

    public override int Read(Span<byte> buffer) => _pump is { } pump ? pump.Read(buffer) : PipeHandle.Read(_read!, buffer);

    public override void Settle() => _pump?.Settle();

    // A program with windows has no standard error.
    public override bool Write(ReadOnlySpan<byte> data) =>
        !_write!.IsInvalid && PipeHandle.Write(_write, _decoder is null ? data : ConsoleText.FromUtf8(data, _decoder));

    public override bool TrySend(ReadOnlySpan<byte> data, TimeSpan timeout) =>
        data.IsEmpty || (_writesOverlapped ? PipeHandle.TryWrite(_write!, data, timeout) : PipeHandle.Write(_write!, data));

    public override bool WaitUntilReady(int milliseconds) => SpinWait.SpinUntil(() => IsReady, milliseconds);

    public override void Dispose()
    {
        IsClosed = true;
        Changed = null;
        _write?.Dispose();
        if (_pump is { } pump)
        {
            pump.Close(); // its thread closes the handle
        }
        else
        {
            _read?.Dispose();
        }
    }
}
