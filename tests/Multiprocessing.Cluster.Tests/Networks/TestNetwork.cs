using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Text.RegularExpressions;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>
/// Machines on a network, as network namespaces of this one on a bridge. The test itself is on the bridge too. The test is skipped where namespaces are
/// not permitted.
/// </summary>
/// <remarks>
/// The names contain the process id. A run that is killed leaves its namespaces and its bridge behind; the next run removes those of processes that
/// have ended. A link ends with its namespace.
/// </remarks>
internal sealed partial class TestNetwork : IDisposable
{
    private readonly string _bridge = $"mpb{Environment.ProcessId}";
    private readonly byte _net = FreeNet();
    private int _count;

    public TestNetwork()
    {
        try
        {
            RemoveLeftovers();
            Ip("link", "add", _bridge, "type", "bridge");
            Ip("addr", "add", $"{Address}/24", "dev", _bridge);
            Ip("link", "set", _bridge, "up");
            Dispose(AddMachine());
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Dispose();
            Assert.Skip($"Network namespaces are not permitted here: {error.Message}");
        }
    }

    /// <summary>Gets the address of the test on the network.</summary>
    public IPAddress Address => Of(1);

    /// <summary>Gets the network, for rules.</summary>
    public string Range => $"10.213.{_net}.0/24";

    public Machine AddMachine()
    {
        var machine = new Machine(NamespaceOf(Environment.ProcessId, ++_count), $"mpv{Environment.ProcessId}x{_count}", Of((byte)(_count + 1)));
        Ip("netns", "add", machine.Namespace);
        Ip("link", "add", machine.Link, "type", "veth", "peer", "name", "eth0", "netns", machine.Namespace);
        Ip("link", "set", machine.Link, "master", _bridge, "up");
        Ip("-n", machine.Namespace, "addr", "add", $"{machine.Address}/24", "dev", "eth0");
        Ip("-n", machine.Namespace, "link", "set", "eth0", "up");
        Ip("-n", machine.Namespace, "link", "set", "lo", "up");
        return machine;
    }

    /// <summary>Removes what runs that were killed have left.</summary>
    public static void RemoveLeftovers()
    {
        foreach (Match left in NamespaceName().Matches(Ip("netns", "list")))
        {
            if (!IsAlive(left.Groups[1].Value))
            {
                Ip("netns", "del", left.Value);
            }
        }

        foreach (Match left in BridgeName().Matches(Ip("-o", "link", "show", "type", "bridge")))
        {
            if (!IsAlive(left.Groups[1].Value))
            {
                Ip("link", "del", left.Value);
            }
        }
    }

    public static string NamespaceOf(int processId, int number) => $"mpt-{processId}-{number}";

    public static string Ip(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error.Result.Trim()}");
    }

    public void Dispose()
    {
        for (var number = 1; number <= _count; number++)
        {
            TryIp("netns", "del", NamespaceOf(Environment.ProcessId, number));
        }

        TryIp("link", "del", _bridge);
    }

    private static void Dispose(Machine machine) => Ip("netns", "del", machine.Namespace);

    private static void TryIp(params string[] arguments)
    {
        try
        {
            Ip(arguments);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It was not created, or is removed already.
        }
    }

    private static bool IsAlive(string processId)
    {
        try
        {
            using var process = Process.GetProcessById(int.Parse(processId, CultureInfo.InvariantCulture));
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>A network that no interface of this machine has.</summary>
    private static byte FreeNet()
    {
        var used = NetworkInterface.GetAllNetworkInterfaces().SelectMany(static of => of.GetIPProperties().UnicastAddresses)
            .Select(static of => of.Address.GetAddressBytes()).Where(static bytes => bytes is [10, 213, ..]).Select(static bytes => bytes[2]).ToHashSet();
        return Enumerable.Range(Environment.ProcessId % 200, 50).Select(static net => (byte)net).First(net => !used.Contains(net));
    }

    private IPAddress Of(byte host) => new([10, 213, _net, host]);

    [GeneratedRegex(@"\bmpt-(\d+)-\d+\b")]
    private static partial Regex NamespaceName();

    [GeneratedRegex(@"\bmpb(\d+)\b")]
    private static partial Regex BridgeName();
}

/// <summary>A machine of a <see cref="TestNetwork"/>.</summary>
internal sealed record Machine(string Namespace, string Link, IPAddress Address)
{
    /// <summary>Pulls the plug: nothing arrives, and no connection is closed.</summary>
    public void CutOff() => TestNetwork.Ip("link", "set", Link, "down");

    public void Connect() => TestNetwork.Ip("link", "set", Link, "up");
}
