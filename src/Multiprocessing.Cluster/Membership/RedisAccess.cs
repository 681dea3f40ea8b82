using StackExchange.Redis;

namespace Multiprocessing;

/// <summary>Redis as the store of the members.</summary>
internal sealed class RedisAccess : StoreAccess
{
    /// <exception cref="ArgumentException">The configuration cannot be read.</exception>
    public RedisAccess(string configuration)
    {
        Options = ConfigurationOptions.Parse(configuration);
        if (Options.EndPoints.Count == 0)
        {
            throw new ArgumentException("The configuration of Redis names no server.", nameof(configuration));
        }

        Description = $"Redis at {string.Join(", ", Options.EndPoints.Select(EndPointCollection.ToString))}";
    }

    public ConfigurationOptions Options { get; }

    public override string Description { get; }

    public override string? Explain(Exception error) =>
        error is RedisException or TimeoutException ? $"{error.Message} The server must run and accept the configuration." : null;
}
