using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>One end of what parent and child talk over: of a channel that carries bytes both ways, or of a pipe that carries them one way.</summary>
internal abstract class PipeEnd : WaitSource
{
    public const int WouldBlock = -1;

    /// <summary>How a child is told of the end that it inherits; <see cref="Inherited"/> reads it there.</summary>
    public abstract string InheritedAs { get; }

    /// <summary>A connected pair of ends that carry bytes both ways; nobody inherits them who is not told to.</summary>
    public static (PipeEnd Parent, PipeEnd Child) CreateChannel() =>
        OperatingSystem.IsWindows() ? HandleEnd.CreateChannel() : DescriptorEnd.CreateChannel();

    /// <summary>A pipe; nobody inherits it who is not told to.</summary>
    public static (PipeEnd Read, PipeEnd Write) CreateOneWay() => OperatingSystem.IsWindows() ? HandleEnd.CreateOneWay() : DescriptorEnd.CreateOneWay();

    /// <summary>The end that this process was started with, from here on inherited by nobody; <see langword="null"/> when the text names none.</summary>
    public static PipeEnd? Inherited(string? text) => OperatingSystem.IsWindows() ? HandleEnd.Inherited(text) : DescriptorEnd.Inherited(text);

    /// <summary>This process's standard output, which stays open whatever happens to the object.</summary>
    public static PipeEnd StandardOutput() => OperatingSystem.IsWindows() ? HandleEnd.StandardOutput() : DescriptorEnd.StandardOutput();

    /// <summary>This process's standard error, which stays open whatever happens to the object.</summary>
    public static PipeEnd StandardError() => OperatingSystem.IsWindows() ? HandleEnd.StandardError() : DescriptorEnd.StandardError();

    /// <summary>From here on <see cref="Read"/> answers <see cref="WouldBlock"/> where it would wait.</summary>
    public abstract void SetNonBlocking();

    /// <summary>Reads what is there: 0 at the end, <see cref="WouldBlock"/> when a non-blocking end has nothing.</summary>
    public abstract int Read(Span<byte> buffer);

    /// <summary>Called when the only one who wrote to the other end has ended: what it wrote can be read without waiting from here on.</summary>
    public abstract void Settle();

    /// <summary>Of a channel: the other side reads its end, once it has read what was sent; what it sends can still be read.</summary>
    public virtual void EndWriting()
    {
    }

    /// <summary>Writes to a pipe, however long that takes; <see langword="false"/> when nobody reads any more.</summary>
    public abstract bool Write(ReadOnlySpan<byte> data);

    /// <summary>Writes to a channel; <see langword="false"/> when the other side is gone, or had no room for all of it in that time.</summary>
    public abstract bool TrySend(ReadOnlySpan<byte> data, TimeSpan timeout);
}
