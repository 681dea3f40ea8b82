namespace ClusterBenchmarks;

/// <summary>A way to run tasks in two other processes.</summary>
internal abstract class Contender : IAsyncDisposable
{
    public abstract string Name { get; }

    /// <summary>Gets why it does not take part, or <see langword="null"/>.</summary>
    public virtual string? Absence => null;

    public abstract Task StartAsync();

    /// <summary>A task that adds one.</summary>
    public abstract Task<int> AddOneAsync(int number);

    /// <summary>A task that returns its argument.</summary>
    public abstract Task<byte[]> EchoAsync(byte[] bytes);

    /// <summary>Gets the processor time that the processes of its nodes have used.</summary>
    public virtual TimeSpan NodeTime => TimeSpan.Zero;

    public abstract ValueTask DisposeAsync();
}
