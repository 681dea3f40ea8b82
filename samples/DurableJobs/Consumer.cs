using System.Collections.Concurrent;
using System.Threading.Channels;
using Multiprocessing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DurableJobs;

/// <summary>
/// Takes jobs from the queue, runs them on the pool, and acknowledges each by its outcome. A job is in the queue until then, so a consumer that is
/// killed loses none: the server delivers what was not acknowledged to the next one.
/// </summary>
internal sealed class Consumer(IChannel channel, IProcessPool pool)
{
    /// <summary>A job that has failed so often is given up.</summary>
    private const int MaxTries = 3;

    /// <summary>
    /// The server sends so many jobs ahead: as many as the workers need to be busy, and no more: each job of a dead consumer has one try less.
    /// </summary>
    private readonly ushort _ahead = (ushort)(2 * pool.Workers);

    private readonly ConcurrentDictionary<long, BasicDeliverEventArgs> _deliveries = [];

    public static async Task RunAsync(string uri, string membership)
    {
        await using IProcessPool pool = await ClusterPool.ConnectAsync(options =>
        {
            options.Cluster = "jobs";
            options.Membership.UseLocalhost(membership);
        });
        await using var connection = await new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync();
        await using var channel = await JobQueue.OpenAsync(connection);
        await new Consumer(channel, pool).RunAsync(CancellationToken.None);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var options = new MapOptions { Ordered = false, MaxInFlight = _ahead };
        await foreach (var outcome in pool.StreamOutcomesAsync(TakeAsync(cancellationToken), static job => job.Run(), options, cancellationToken))
        {
            _deliveries.Remove(outcome.Index, out var delivery);
            await AcknowledgeAsync(delivery!, outcome.Error, cancellationToken);
        }
    }

    private async IAsyncEnumerable<Job> TakeAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var arrived = Channel.CreateUnbounded<BasicDeliverEventArgs>(); // bounded by what the server sends ahead
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) => await arrived.Writer.WriteAsync(Copy(delivery), cancellationToken);
        consumer.ShutdownAsync += (_, reason) =>
        {
            arrived.Writer.TryComplete(new IOException($"The queue is closed: {reason.ReplyText}"));
            return Task.CompletedTask;
        };
        await channel.BasicQosAsync(0, _ahead, global: false, cancellationToken);
        await channel.BasicConsumeAsync(JobQueue.Jobs, autoAck: false, consumer, cancellationToken);
        var index = 0L;
        await foreach (var delivery in arrived.Reader.ReadAllAsync(cancellationToken))
        {
            _deliveries[index++] = delivery;
            yield return Job.Read(delivery.Body.ToArray());
        }
    }

    private async Task AcknowledgeAsync(BasicDeliverEventArgs delivery, Exception? error, CancellationToken cancellationToken)
    {
        switch (error)
        {
            case null:
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, cancellationToken);
                break;
            case WorkerDiedException or NodeLostException:
                // The process died, by the job or by something else: again, as often as the queue allows (x-delivery-limit).
                await channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true, cancellationToken);
                break;
            default:
                // The job itself has failed: again, or to the queue of those that were given up.
                var isLast = JobQueue.DeliveriesBefore(delivery.BasicProperties) + 1 >= MaxTries;
                await channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: !isLast, cancellationToken);
                break;
        }
    }

    /// <summary>The body belongs to the client library and is valid only during the event.</summary>
    private static BasicDeliverEventArgs Copy(BasicDeliverEventArgs delivery) => new(
        delivery.ConsumerTag, delivery.DeliveryTag, delivery.Redelivered, delivery.Exchange, delivery.RoutingKey, delivery.BasicProperties,
        delivery.Body.ToArray());
}
