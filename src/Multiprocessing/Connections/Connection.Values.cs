using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

// Messages that are values.
public sealed partial class Connection
{
    /// <summary>
    /// Sends a value; waits while there is no room for it. The value is serialized before the call returns. The other side receives an object of its
    /// runtime type, whatever <typeparamref name="T"/> is. Over a socket the value is written as a <typeparamref name="T"/> and received as
    /// the same: a simple value such as a number, a text or a time, or a type that both sides have registered
    /// (<see cref="ConnectionOptions.Types"/>).
    /// </summary>
    /// <typeparam name="T">
    /// The type of the value. Values of unmanaged types are copied as they lie in memory, and nothing is allocated.
    /// </typeparam>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was sent.</param>
    /// <exception cref="NotSerializableException">
    /// Something in the value cannot cross, or, over a socket, is of a type that is not registered; the message says where it is. Nothing was sent.
    /// </exception>
    /// <inheritdoc cref="SendBytes(ReadOnlySpan{byte}, CancellationToken)"/>
    public void Send<T>(T value, CancellationToken cancellationToken = default)
    {
        if (!TrySend(in value, Deadline.Never, cancellationToken))
        {
            throw NotSent();
        }
    }

    /// <inheritdoc cref="Send{T}(T, CancellationToken)"/>
    /// <param name="value">The value.</param>
    /// <param name="timeout">
    /// The longest wait for room: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; then nothing was sent.</param>
    /// <exception cref="TimeoutException">There was no room in time; nothing was sent.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    public void Send<T>(T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (!TrySend(in value, Deadline.After(timeout), cancellationToken))
        {
            throw NotSent();
        }
    }

    /// <summary>Sends a value; waits without a thread while there is no room for it. The value is serialized before the call returns.</summary>
    /// <inheritdoc cref="Send{T}(T, CancellationToken)"/>
    public ValueTask SendAsync<T>(T value, CancellationToken cancellationToken = default) =>
        SentAsync(SendAsync(value, Deadline.Never, cancellationToken));

    /// <summary>Sends a value; waits without a thread while there is no room for it. The value is serialized before the call returns.</summary>
    /// <inheritdoc cref="Send{T}(T, TimeSpan, CancellationToken)"/>
    public ValueTask SendAsync<T>(T value, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        SentAsync(SendAsync(value, Deadline.After(timeout), cancellationToken));

    /// <summary>Receives the next message, which must be a value; waits while there is none.</summary>
    /// <typeparam name="T">
    /// The type of the value, or a base class or an interface of it; <see cref="object"/> receives every value.
    /// </typeparam>
    /// <param name="cancellationToken">Ends the wait; then nothing was received.</param>
    /// <returns>The value. It belongs to this process.</returns>
    /// <exception cref="ConnectionClosedException">The other end is closed, and all its messages were received.</exception>
    /// <exception cref="InvalidCastException">The value is no <typeparamref name="T"/>. It was received.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">The value could not be rebuilt. It was received.</exception>
    /// <exception cref="InvalidOperationException">
    /// The next message was sent with <see cref="SendBytes(ReadOnlySpan{byte}, CancellationToken)"/>; it is still in the pipe. Or this is the sending
    /// end of a one-way pipe. </exception>
    /// <exception cref="NotSerializableException">
    /// This is a connection over a socket, and <typeparamref name="T"/> is not registered. The next message was not received.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was a message.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed in this process.</exception>
    public T Receive<T>(CancellationToken cancellationToken = default) => ReceiveOrThrow<T>(Deadline.Never, cancellationToken);

    /// <inheritdoc cref="Receive{T}(CancellationToken)"/>
    /// <param name="timeout">
    /// The longest wait for a message: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; then nothing was received.</param>
    /// <exception cref="TimeoutException">No message arrived in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    public T Receive<T>(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        ReceiveOrThrow<T>(Deadline.After(timeout), cancellationToken);

    /// <summary>
    /// Receives the next message, which must be a value, if there is one in time. The end of the stream is no such case: it throws, so that a loop
    /// over this method ends.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">The longest wait for a message; <see cref="TimeSpan.Zero"/>, the default, for none.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was received.</param>
    /// <returns>False if no message arrived in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="Receive{T}(CancellationToken)"/>
    public bool TryReceive<T>([MaybeNullWhen(false)] out T value, TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        TryReceive(out value, Deadline.After(timeout), cancellationToken) switch
        {
            TakeOutcome.Taken => true,
            TakeOutcome.TimedOut => false,
            _ => throw _transport.Closed(wasSending: false),
        };

    /// <summary>Receives the next message, which must be a value; waits without a thread while there is none.</summary>
    /// <inheritdoc cref="Receive{T}(CancellationToken)"/>
    public ValueTask<T> ReceiveAsync<T>(CancellationToken cancellationToken = default) => ReceiveOrThrowAsync<T>(Deadline.Never, cancellationToken);

    /// <summary>Receives the next message, which must be a value; waits without a thread while there is none.</summary>
    /// <inheritdoc cref="Receive{T}(TimeSpan, CancellationToken)"/>
    public ValueTask<T> ReceiveAsync<T>(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        ReceiveOrThrowAsync<T>(Deadline.After(timeout), cancellationToken);

    /// <summary>
    /// Receives values as they arrive until the other end is closed and all its messages were received. Several readers share the messages.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidOperationException">This is the sending end of a one-way pipe.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed in this process.</exception>
    public IEnumerable<T> ReadAll<T>(CancellationToken cancellationToken = default)
    {
        while (TryReceive<T>(out var value, Deadline.Never, cancellationToken) is TakeOutcome.Taken)
        {
            yield return value!;
        }
    }

    /// <summary>
    /// Receives values as they arrive until the other end is closed and all its messages were received; waits without a thread. Several readers share
    /// the messages.
    /// </summary>
    /// <inheritdoc cref="ReadAll{T}"/>
    public async IAsyncEnumerable<T> ReadAllAsync<T>([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (outcome, value) = await TryReceiveAsync<T>(Deadline.Never, cancellationToken).ConfigureAwait(false);
            if (outcome is not TakeOutcome.Taken)
            {
                yield break;
            }

            yield return value!;
        }
    }

    /// <summary>
    /// Waits until there is a message, without receiving it. Also true at the end of the stream, where receiving does not wait either.
    /// </summary>
    /// <param name="timeout">
    /// The longest wait: <see cref="TimeSpan.Zero"/>, the default, for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether receiving would not wait. Another receiver may be faster.</returns>
    /// <exception cref="InvalidOperationException">This is the sending end of a one-way pipe.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before there was a message.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed in this process.</exception>
    public bool Poll(TimeSpan timeout = default, CancellationToken cancellationToken = default)
    {
        var deadline = Deadline.After(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        return _transport.IsReadable
            || (timeout != TimeSpan.Zero
                && (_pipe?.Poll(deadline, cancellationToken) ?? ProcessWait.Any([this], timeout, cancellationToken) >= 0));
    }

    /// <summary>Waits without a thread until there is a message, without receiving it. Also true at the end of the stream.</summary>
    /// <inheritdoc cref="Poll"/>
    public ValueTask<bool> PollAsync(TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        _pipe?.PollAsync(Deadline.After(timeout), cancellationToken) ?? PollSlowAsync(timeout, cancellationToken);

    private async ValueTask<bool> PollSlowAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        await ProcessWait.AnyAsync([this], timeout, cancellationToken).ConfigureAwait(false) >= 0;

    private bool TrySend<T>(ref readonly T value, Deadline deadline, CancellationToken cancellationToken)
    {
        if (_pipe is not { } pipe)
        {
            using var registered = WriteRegistered(value);
            return _transport.Send(registered, deadline, cancellationToken);
        }

        if (ValueSerializer<T>.IsRaw && RawType<T>.Tag != 0)
        {
            var payload = new RawMessagePayload<T>(in value);
            return pipe.SendPayload(ref payload, deadline, cancellationToken);
        }

        pipe.ThrowBeforeSend();
        using var message = MessageBuffer.Rent();
        ValueSerializer.Serialize<object?>(message, value, "value");
        return pipe.SendBuffer(message, MessageKind.Value, deadline, cancellationToken);
    }

    /// <summary>Sends, or throws.</summary>
    private async ValueTask<bool> SendAsync<T>(T value, Deadline deadline, CancellationToken cancellationToken)
    {
        if (_pipe is not { } pipe)
        {
            using var registered = WriteRegistered(value);
            return await _transport.SendAsync(registered, deadline, cancellationToken).ConfigureAwait(false) ? true : throw NotSent();
        }

        if (ValueSerializer<T>.IsRaw && RawType<T>.Tag != 0)
        {
            return await pipe.SendPayloadAsync(new RawMessageValuePayload<T>(value), deadline, cancellationToken).ConfigureAwait(false)
                ? true
                : throw NotSent();
        }

        pipe.ThrowBeforeSend();
        using var message = MessageBuffer.Rent();
        ValueSerializer.Serialize<object?>(message, value, "value");
        return await pipe.SendBufferAsync(message, MessageKind.Value, deadline, cancellationToken).ConfigureAwait(false) ? true : throw NotSent();
    }

    private T ReceiveOrThrow<T>(Deadline deadline, CancellationToken cancellationToken) =>
        Required(TryReceive<T>(out var value, deadline, cancellationToken), value);

    private async ValueTask<T> ReceiveOrThrowAsync<T>(Deadline deadline, CancellationToken cancellationToken)
    {
        var (outcome, value) = await TryReceiveAsync<T>(deadline, cancellationToken).ConfigureAwait(false);
        return Required(outcome, value);
    }

    private T Required<T>(TakeOutcome outcome, T? value) => outcome switch
    {
        TakeOutcome.Taken => value!,
        TakeOutcome.TimedOut => throw NotReceived(),
        _ => throw _transport.Closed(wasSending: false),
    };

    /// <summary>Taken, TimedOut or EndOfStream.</summary>
    private TakeOutcome TryReceive<T>(out T? value, Deadline deadline, CancellationToken cancellationToken)
    {
        if (_pipe is not { } pipe)
        {
            var values = ValuesOf<T>();
            using var received = ReceivedMessage.Rent();
            return ReadRegistered(_transport.Receive(received, long.MaxValue, deadline, cancellationToken), received, values, out value);
        }

        if (ValueSerializer<T>.IsRaw && RawType<T>.Tag != 0)
        {
            var raw = default(RawMessageSink<T>);
            var outcome = pipe.Take(ref raw, deadline, cancellationToken);
            if (outcome is not TakeOutcome.Refused)
            {
                value = outcome is TakeOutcome.Taken ? raw.Value : default;
                return outcome;
            }
        }

        return TryReceiveObject(pipe, out value, deadline, cancellationToken);
    }

    private TakeOutcome TryReceiveObject<T>(PipeTransport pipe, out T? value, Deadline deadline, CancellationToken cancellationToken)
    {
        using var message = ReceivedMessage.Rent();
        while (true)
        {
            var sink = new MessageSink(message, long.MaxValue, MessageKind.Value, MessageKind.Raw);
            var outcome = pipe.Take(ref sink, deadline, cancellationToken);
            if (outcome is not TakeOutcome.Refused)
            {
                value = outcome is TakeOutcome.Taken ? MessageValue.Read<T>(message, sink.Tag) : default;
                return outcome;
            }

            GrowOrThrow(message, in sink);
        }
    }

    private async ValueTask<(TakeOutcome Outcome, T? Value)> TryReceiveAsync<T>(Deadline deadline, CancellationToken cancellationToken)
    {
        if (_pipe is not { } pipe)
        {
            var values = ValuesOf<T>();
            using var received = ReceivedMessage.Rent();
            var receive = await _transport.ReceiveAsync(received, long.MaxValue, deadline, cancellationToken).ConfigureAwait(false);
            return (ReadRegistered<T>(receive, received, values, out var registered), registered);
        }

        if (ValueSerializer<T>.IsRaw && RawType<T>.Tag != 0)
        {
            var (outcome, raw) = await pipe.TakeAsync(default(RawMessageSink<T>), deadline, cancellationToken).ConfigureAwait(false);
            if (outcome is not TakeOutcome.Refused)
            {
                return (outcome, outcome is TakeOutcome.Taken ? raw.Value : default);
            }
        }

        using var message = ReceivedMessage.Rent();
        while (true)
        {
            var (outcome, sink) = await pipe
                .TakeAsync(new MessageSink(message, long.MaxValue, MessageKind.Value, MessageKind.Raw), deadline, cancellationToken)
                .ConfigureAwait(false);
            if (outcome is not TakeOutcome.Refused)
            {
                return (outcome, outcome is TakeOutcome.Taken ? MessageValue.Read<T>(message, sink.Tag) : default);
            }

            GrowOrThrow(message, in sink);
        }
    }

    private void GrowOrThrow(ReceivedMessage message, in MessageSink sink)
    {
        if (sink.Refusal is not MessageRefusal.NoMemory)
        {
            throw WrongKind(PipeMessage.KindOf(sink.Tag));
        }

        message.MakeRoom(sink.Length);
    }

    /// <summary>Writes a value for another program. The message is the value's bytes; both sides know its type.</summary>
    private MessageBuffer WriteRegistered<T>(T value)
    {
        var values = Values();
        var message = MessageBuffer.Rent();
        try
        {
            values.Write(message, value, "value");
            return message;
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    private static unsafe TakeOutcome ReadRegistered<T>(ReceiveOutcome outcome, ReceivedMessage message, RegisteredPayload values, out T? value)
    {
        value = default;
        switch (outcome)
        {
            case ReceiveOutcome.Received:
                var data = message.Data;
                value = values.Read<T>(ref data, message.End, "value");
                return data == message.End ? TakeOutcome.Taken : throw SimplePayload.Torn("value");
            case ReceiveOutcome.TimedOut:
                return TakeOutcome.TimedOut;
            case ReceiveOutcome.EndOfStream:
                return TakeOutcome.EndOfStream;
            default:
                throw new MessageTooLargeException("The message is longer than the connection's limit.", message.Length, long.MaxValue);
        }
    }

    /// <summary>Refuses a type before a message is taken, or waited for.</summary>
    private RegisteredPayload ValuesOf<T>()
    {
        var values = Values();
        values.Require<T>("value");
        return values;
    }

    /// <summary>Asked by each call, and not when the connection is made: for one that carries bytes, the simple types are not prepared.</summary>
    private RegisteredPayload Values() => ((_transport as SocketTransport)?.Types ?? RegisteredTypes.Simple).Payload;
}
