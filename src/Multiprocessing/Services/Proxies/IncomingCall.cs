using System.ComponentModel;

namespace Multiprocessing.Proxies;

/// <summary>
/// A call from another process: has its arguments in order, and takes its result. Generated code uses it: first it reads all arguments, then it
/// calls the
/// member, then it returns. Not thread-safe: one user at a time.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe partial class IncomingCall
{
    private byte* _data;
    private byte* _end;

    /// <summary>Reads an argument that was copied.</summary>
    /// <returns>The argument.</returns>
    public T Argument<T>() => Channel.Format.Read<T>(ref _data, _end, "argument");

    /// <summary>Reads an argument that stays in the other process.</summary>
    /// <returns>Its proxy, or the object itself if it is one of this process.</returns>
    public T? Proxied<T>()
        where T : class => ObjectReference.Read<T>(Channel, ref _data, _end);

    /// <summary>Reads a receiver of progress.</summary>
    /// <returns>A receiver that reports to the other process.</returns>
    public IProgress<T>? Progress<T>()
    {
        var id = WireReader.Read<long>(ref _data, _end);
        return id < 0 ? null : new RemoteProgress<T>(Channel, id);
    }

    /// <summary>Reads a stream.</summary>
    /// <returns>The stream. The other process enumerates it.</returns>
    public IAsyncEnumerable<T>? Stream<T>()
    {
        var reference = StreamReference.Read(Channel, ref _data, _end);
        return reference is null ? null : new RemoteStream<T>(reference);
    }

    /// <summary>Gets the token that is canceled with the caller's, and when the caller's process ends.</summary>
    public CancellationToken CancellationToken => _cancellation?.Token ?? default;

    /// <summary>Ends the call without a result.</summary>
    public void Return() => Reply(default(NoResult), static (_, _, _) => null);

    /// <summary>Ends the call with a result that is copied.</summary>
    /// <param name="value">The result.</param>
    public void Return<T>(T value) => Reply(
        value, static (buffer, call, result) =>
        {
            call.Channel.Format.Write(buffer, result, "result");
            return null;
        });

    /// <summary>Ends the call with a result that stays in this process.</summary>
    /// <param name="value">The object, for which the caller gets a proxy.</param>
    public void ReturnProxied<T>(T? value)
        where T : class => Reply(
            value, static (buffer, call, result) => ObjectReference.Write(buffer, result, call.Channel, null, "result"));

    /// <summary>Ends the call with a stream, which this process enumerates as the caller reads it.</summary>
    /// <param name="stream">The stream.</param>
    public void ReturnStream<T>(IAsyncEnumerable<T> stream) => Reply(
        stream, static (buffer, _, result) =>
        {
            var exported = result is null ? null : new ExportedStream<T>(result);
            buffer.Write(exported?.Id ?? -1L);
            return exported;
        });
}
