using System.Net.Sockets;
using Npgsql;

namespace Multiprocessing;

/// <summary>PostgreSQL as the store of the members.</summary>
internal sealed class PostgresAccess : StoreAccess
{
    private readonly string _connectionString;

    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public PostgresAccess(string connectionString)
    {
        var read = new NpgsqlConnectionStringBuilder(connectionString);
        _connectionString = connectionString;
        Description = $"the database '{read.Database ?? read.Username}' of PostgreSQL at {read.Host}:{read.Port}";
    }

    public override string Description { get; }

    public override Task PrepareAsync(CancellationToken cancellationToken) => PostgresSchema.EnsureAsync(_connectionString, cancellationToken);

    public override string? Explain(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
            $"{error.Message}. If the tables of the membership are missing, a user that may create tables applies the statements of "
            + $"{nameof(ClusterMembership)}.{nameof(ClusterMembership.PostgresScript)} once, and grants all rights on them.",
        NpgsqlException or SocketException or TimeoutException => $"{error.Message}. The server must run and accept the connection string.",
        _ => null,
    };
}
