using System.Globalization;
using System.Text.Json;
using Multiprocessing.Platform;
using Orleans;
using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>
/// The members of a cluster on one machine, in one file. A change is a new file that is renamed over the old one, while a second file is locked
/// (<see cref="PrivateFile.Replace"/>, <see cref="FileLock"/>).
/// </summary>
internal sealed class LocalMembershipTable(string file) : IMembershipTable
{
    private sealed record Row(
        string Silo, SiloStatus Status, string[] SuspectBy, DateTime[] SuspectAt, int ProxyPort, string HostName, string SiloName, DateTime StartTime,
        DateTime IAmAliveTime, int Version, int ProcessId, long ProcessStartTicks);

    private sealed record Table(int Version, List<Row> Rows);

    public Task InitializeMembershipTable(bool tryInitTableVersion) => Change(static table =>
    {
        // Members of a program that was killed would be probed before this one may join. Their process is on this machine, so it is known to be over.
        var dead = table.Rows.RemoveAll(static row => !IsAlive(row));
        return dead == 0 ? null : table with { Version = table.Version + 1 };
    });

    public Task DeleteMembershipTableEntries(string clusterId) => Change(static table => new Table(table.Version + 1, []));

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => Change(table =>
        table.Rows.RemoveAll(row => row.Status == SiloStatus.Dead && row.IAmAliveTime < beforeDate.UtcDateTime) == 0 ? null : table);

    public Task<MembershipTableData> ReadRow(SiloAddress key)
    {
        var table = Read();
        var name = key.ToParsableString();
        return Task.FromResult(ToData(table with { Rows = table.Rows.FindAll(row => row.Silo == name) }));
    }

    public Task<MembershipTableData> ReadAll() => Task.FromResult(ToData(Read()));

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => Change(table =>
    {
        var name = entry.SiloAddress.ToParsableString();
        if (table.Version != tableVersion.Version - 1 || table.Rows.Exists(row => row.Silo == name))
        {
            return null;
        }

        table.Rows.Add(ToRow(entry, 0, Environment.ProcessId, ProcessIdentity.StartTimeOf(Environment.ProcessId)));
        return table with { Version = tableVersion.Version };
    });

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => Change(table =>
    {
        var name = entry.SiloAddress.ToParsableString();
        var at = table.Rows.FindIndex(row => row.Silo == name);
        if (table.Version != tableVersion.Version - 1 || at < 0 || Text(table.Rows[at].Version) != etag)
        {
            return null;
        }

        var old = table.Rows[at];
        table.Rows[at] = ToRow(entry, old.Version + 1, old.ProcessId, old.ProcessStartTicks);
        return table with { Version = tableVersion.Version };
    });

    public Task UpdateIAmAlive(MembershipEntry entry) => Change(table =>
    {
        var name = entry.SiloAddress.ToParsableString();
        var at = table.Rows.FindIndex(row => row.Silo == name);
        if (at < 0)
        {
            return null;
        }

        table.Rows[at] = table.Rows[at] with { IAmAliveTime = entry.IAmAliveTime };
        return table;
    });

    /// <summary>By the system's own number of the start: a time of the clock may be another one after the clock was set.</summary>
    private static bool IsAlive(Row row) => ProcessIdentity.IsRunning(row.ProcessId, row.ProcessStartTicks);

    private static Row ToRow(MembershipEntry entry, int version, int processId, long processStartTicks) => new(
        entry.SiloAddress.ToParsableString(),
        entry.Status,
        [.. (entry.SuspectTimes ?? []).Select(static suspect => suspect.Item1.ToParsableString())],
        [.. (entry.SuspectTimes ?? []).Select(static suspect => suspect.Item2)],
        entry.ProxyPort,
        entry.HostName ?? "",
        entry.SiloName ?? "",
        entry.StartTime,
        entry.IAmAliveTime,
        version,
        processId,
        processStartTicks);

    private static MembershipTableData ToData(Table table) => new(
        [.. table.Rows.Select(static row => Tuple.Create(ToEntry(row), Text(row.Version)))],
        new TableVersion(table.Version, Text(table.Version)));

    private static MembershipEntry ToEntry(Row row) => new()
    {
        SiloAddress = SiloAddress.FromParsableString(row.Silo),
        Status = row.Status,
        SuspectTimes = [.. row.SuspectBy.Zip(row.SuspectAt, static (by, at) => Tuple.Create(SiloAddress.FromParsableString(by), at))],
        ProxyPort = row.ProxyPort,
        HostName = row.HostName,
        SiloName = row.SiloName,
        StartTime = row.StartTime,
        IAmAliveTime = row.IAmAliveTime,
    };

    private static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);

    private Table Read()
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return JsonSerializer.Deserialize<Table>(stream) ?? new Table(0, []);
        }
        catch (FileNotFoundException)
        {
            return new Table(0, []); // no member has joined yet
        }
    }

    /// <returns>Whether <paramref name="change"/> returned a table, which then is in the file.</returns>
    private async Task<bool> Change(Func<Table, Table?> change)
    {
        await using var held = await FileLock.AcquireAsync(file + ".lock").ConfigureAwait(false);
        if (change(Read()) is not { } changed)
        {
            return false;
        }

        PrivateFile.Replace(file, JsonSerializer.SerializeToUtf8Bytes(changed));
        return true;
    }
}
