using System.Diagnostics;
using Npgsql;

namespace Multiprocessing.ClusterTests;

/// <summary>PostgreSQL with a new directory. It refuses to run as root, so root runs it as another user.</summary>
/// <param name="address">The address at which it listens.</param>
/// <param name="range">The network whose machines may connect, if it is not this one alone.</param>
internal sealed class TestPostgres(string address = "127.0.0.1", string? range = null) : TestStore
{
    public override string Connection => $"Host={address};Port={Port};Database=postgres;Username=owner;Timeout=20";

    protected override Process Start()
    {
        var postgres = Find("postgres");
        if (!Directory.Exists(Folder))
        {
            Directory.CreateDirectory(Folder);
            if (Environment.IsPrivilegedProcess)
            {
                RunToEnd("chown", User, Folder);
            }

            RunToEnd(AsUser(Find("initdb"), "-D", $"{Folder}/data", "-A", "trust", "-U", "owner", "--no-sync", "--encoding=UTF8", "--locale=C"));
            if (range is not null)
            {
                File.AppendAllText($"{Folder}/data/pg_hba.conf", $"host all all {range} trust\n");
            }
        }

        var command = AsUser(
            postgres, "-D", $"{Folder}/data", "-p", $"{Port}", "-k", Folder, "-c", $"listen_addresses={address}", "-c", "fsync=off");
        return Run(command[0], command[1..]);
    }

    protected override async Task PingAsync()
    {
        await using var connection = new NpgsqlConnection(Connection + ";Pooling=false");
        await connection.OpenAsync();
    }

    private static string User => File.ReadAllText("/etc/passwd").Contains("\npostgres:", StringComparison.Ordinal) ? "postgres" : "nobody";

    private static string[] AsUser(params string[] command) =>
        Environment.IsPrivilegedProcess ? [Find("setpriv"), $"--reuid={User}", "--clear-groups", "--no-new-privs", .. command] : command;

    private static void RunToEnd(params string[] command)
    {
        using var process = Run(command[0], command[1..]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
        }
    }
}
