using RabbitMQ.Client;

namespace DurableJobs;

/// <summary>The queue of jobs, and the one of those that were given up. Both survive a restart of the server.</summary>
internal static class JobQueue
{
    public const string Jobs = "multiprocessing-sample.jobs";
    public const string Failed = "multiprocessing-sample.jobs.failed";

    /// <summary>After so many deliveries the server itself gives a job up, whatever ended them: a job that kills each of its consumers.</summary>
    private const int DeliveryLimit = 10;

    public static async Task<IChannel> OpenAsync(IConnection connection)
    {
        // Publishing completes when the server has the job on disk.
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync(Failed, durable: true, exclusive: false, autoDelete: false, arguments: quorum);
        await channel.QueueDeclareAsync(
            Jobs,
            durable: true,
            exclusive: false,
            autoDelete: false,
            arguments: new Dictionary<string, object?>
            {
                ["x-queue-type"] = "quorum",
                ["x-delivery-limit"] = DeliveryLimit,
                ["x-dead-letter-exchange"] = "",
                ["x-dead-letter-routing-key"] = Failed,
                ["x-dead-letter-strategy"] = "at-least-once", // a job is in one of the two queues also if the server is killed between them
                ["x-overflow"] = "reject-publish",
            });
        return channel;
    }

    public static async Task PublishAsync(IChannel channel, Job job) => await channel.BasicPublishAsync(
        "", Jobs, mandatory: true, new BasicProperties { Persistent = true, MessageId = $"{job.Id}" }, job.ToBytes());

    /// <summary>How often a job was delivered before and came back: it failed, or its consumer died. The server counts.</summary>
    public static int DeliveriesBefore(IReadOnlyBasicProperties properties) =>
        properties.Headers?.TryGetValue("x-delivery-count", out var count) == true ? Convert.ToInt32(count, null) : 0;
}
