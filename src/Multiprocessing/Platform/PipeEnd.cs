using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>
/// One end of a connection between parent and child: of a channel, which carries bytes both ways, or of a pipe, which carries them one way.
/// </summary>
internal abstract class PipeEnd : WaitSource
{
    public const int WouldBlock = -1;

    /// <summary>The text that identifies the end for the child that inherits it. <see cref="Inherited"/> reads it there.</summary>
    public abstract string InheritedAs { get; }

    /// <summary>Creates a connected pair of ends that carry bytes both ways. Only a child that receives an end explicitly inherits it.</summary>
    public static (PipeEnd Parent, PipeEnd Child) CreateChannel() =>
        OperatingSystem.IsWindows() ? HandleEnd.CreateChannel() : DescriptorEnd.CreateChannel();

    /// <summary>Creates a pipe. Only a child that receives an end explicitly inherits it.</summary>
    public static (PipeEnd Read, PipeEnd Write) CreateOneWay() =>
        OperatingSystem.IsWindows() ? HandleEnd.CreateOneWay() : DescriptorEnd.CreateOneWay();

    /// <summary>
    /// Returns the end that this process inherited, which its children do not inherit; <see langword="null"/> if the text identifies none.
    /// </summary>
    public static PipeEnd? Inherited(string? text) => OperatingSystem.IsWindows() ? HandleEnd.Inherited(text) : DescriptorEnd.Inherited(text);

    /// <summary>Returns this process's standard output. Disposing the object does not close the stream.</summary>
    public static PipeEnd StandardOutput() => OperatingSystem.IsWindows() ? HandleEnd.StandardOutput() : DescriptorEnd.StandardOutput();

    /// <summary>Returns this process's standard error. Disposing the object does not close the stream.</summary>
    public static PipeEnd StandardError() => OperatingSystem.IsWindows() ? HandleEnd.StandardError() : DescriptorEnd.StandardError();

    /// <summary>From now on <see cref="Read"/> returns <see cref="WouldBlock"/> instead of waiting.</summary>
    public abstract void SetNonBlocking();

    /// <summary>Reads the bytes that are available. Returns 0 at the end, and <see cref="WouldBlock"/> if a non-blocking end has none.</summary>
    public abstract int Read(Span<byte> buffer);

    /// <summary>Called when the only writer of the other end has ended: from now on what it wrote can be read without waiting.</summary>
    public abstract void Settle();

    /// <summary>
    /// Ends the writing direction of a channel. The other side reads the end after everything that was sent; what it sends can still be read.
    /// </summary>
    public virtual void EndWriting()
    {
    }

    /// <summary>Writes to a pipe, without a time limit. Returns <see langword="false"/> if the pipe has no reader any more.</summary>
    public abstract bool Write(ReadOnlySpan<byte> data);

    /// <summary>
    /// Writes to a channel. Returns <see langword="false"/> if the other side is closed, or did not make room for all bytes within the time.
    /// </summary>
    public abstract bool TrySend(ReadOnlySpan<byte> data, TimeSpan timeout);
}
