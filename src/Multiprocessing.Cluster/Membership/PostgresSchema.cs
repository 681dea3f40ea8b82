using Npgsql;

namespace Multiprocessing;

/// <summary>The tables and functions of the membership in PostgreSQL, created by the first member.</summary>
/// <remarks>
/// All statements are one transaction, under an advisory lock of the database. Killed before its end, the server rolls it back, and the next member
/// creates them. Several members that start at once create them once.
/// </remarks>
internal static class PostgresSchema
{
    /// <summary>The lock of those that create the tables, in each database: the letters "MPCLUST".</summary>
    private const long LockKey = 0x4D_50_43_4C_55_53_54;

    /// <summary>Gets all statements, for an administrator that applies them.</summary>
    public static string Script => $"{Read("PostgreSQL-Main.sql")}\n{Read("PostgreSQL-Clustering.sql")}";

    public static async Task EnsureAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (await HasAsync(connection, "orleansmembershiptable", cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", cancellationToken).ConfigureAwait(false);

        // The first may exist already, if the database has tables of Orleans for another purpose.
        if (!await HasAsync(connection, "orleansquery", cancellationToken).ConfigureAwait(false))
        {
            await ExecuteAsync(connection, Read("PostgreSQL-Main.sql"), cancellationToken).ConfigureAwait(false);
        }

        if (!await HasAsync(connection, "orleansmembershiptable", cancellationToken).ConfigureAwait(false))
        {
            await ExecuteAsync(connection, Read("PostgreSQL-Clustering.sql"), cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> HasAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT to_regclass('{table}') IS NOT NULL", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statements, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string Read(string name)
    {
        using var stream = typeof(PostgresSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
