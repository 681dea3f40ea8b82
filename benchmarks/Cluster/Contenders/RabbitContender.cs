using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using DurableJobs;
using Multiprocessing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ClusterBenchmarks.Contenders;

/// <summary>
/// A quorum queue of RabbitMQ with confirmed messages, and two processes that consume it, reply into a queue of the caller, and acknowledge. It stores
/// what it is given, which the others do not.
/// </summary>
internal sealed class RabbitContender : Contender
{
    public const string Jobs = "benchmark-jobs";

    private readonly List<ChildProcess> _consumers = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource<byte[]>> _calls = [];
    private Broker? _broker;
    private IConnection? _connection;
    private IChannel? _channel;
    private string _replies = "";
    private long _last;

    public override string Name => "RabbitMQ";

    public override string? Absence => Broker.IsInstalled ? null : "RabbitMQ is not installed (Debian: rabbitmq-server), and does not take part.";

    public override async Task StartAsync()
    {
        _broker = await Broker.StartAsync().ConfigureAwait(false);
        _connection = await new ConnectionFactory { Uri = new Uri(_broker.Uri) }.CreateConnectionAsync().ConfigureAwait(false);
        _channel = await RabbitChannels.OpenAsync(_connection).ConfigureAwait(false);
        await _channel.QueueDeclareAsync(
            Jobs, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }).ConfigureAwait(false);
        _replies = (await _channel.QueueDeclareAsync().ConfigureAwait(false)).QueueName;
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            if (_calls.TryRemove(message.BasicProperties.CorrelationId!, out var result))
            {
                result.SetResult(message.Body.ToArray());
            }

            return Task.CompletedTask;
        };
        await _channel.BasicConsumeAsync(_replies, autoAck: true, consumer).ConfigureAwait(false);
        _consumers.AddRange(Enumerable.Range(0, 2).Select(_ => ChildProcess.Run(RabbitConsumer.RunAsync, _broker.Uri)));
    }

    public override async Task<int> AddOneAsync(int number)
    {
        var argument = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(argument, number);
        return BinaryPrimitives.ReadInt32LittleEndian(await EchoAsync(argument).ConfigureAwait(false));
    }

    public override async Task<byte[]> EchoAsync(byte[] bytes)
    {
        var id = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
        var result = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = result;
        var properties = new BasicProperties { CorrelationId = id, ReplyTo = _replies, DeliveryMode = DeliveryModes.Persistent };
        await _channel!.BasicPublishAsync("", Jobs, mandatory: false, properties, bytes).ConfigureAwait(false);
        return await result.Task.ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var consumer in _consumers)
        {
            consumer.Kill();
            consumer.Dispose();
        }

        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync().ConfigureAwait(false);
        }
    }
}

internal static class RabbitChannels
{
    private const int Prefetch = 128;

    public static async Task<IChannel> OpenAsync(IConnection connection)
    {
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, consumerDispatchConcurrency: 1)).ConfigureAwait(false);
        await channel.BasicQosAsync(0, Prefetch, false).ConfigureAwait(false);
        return channel;
    }
}

internal static class RabbitConsumer
{
    public static async Task RunAsync(string uri)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync().ConfigureAwait(false);
        await using var channel = await RabbitChannels.OpenAsync(connection).ConfigureAwait(false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            var bytes = message.Body.ToArray();
            if (bytes.Length == 4)
            {
                BinaryPrimitives.WriteInt32LittleEndian(bytes, BinaryPrimitives.ReadInt32LittleEndian(bytes) + 1);
            }

            var properties = new BasicProperties { CorrelationId = message.BasicProperties.CorrelationId };
            var (replyTo, tag) = (message.BasicProperties.ReplyTo!, message.DeliveryTag);
            var published = channel.BasicPublishAsync("", replyTo, mandatory: false, properties, bytes);
            await channel.BasicAckAsync(tag, multiple: false).ConfigureAwait(false);
            await published.ConfigureAwait(false);
        };
        await channel.BasicConsumeAsync(RabbitContender.Jobs, autoAck: false, consumer).ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
    }
}
