using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Multiprocessing.Tool.Commands;

namespace Multiprocessing.Tool.Nodes;

/// <summary>
/// Options of commands that become a member of a cluster: where the members find each other, how they recognize each other, and how they detect that
/// another one is down.
/// </summary>
internal sealed class MemberOptions
{
    private readonly Option<string?> _postgres = new("--postgres")
    {
        Description = "Members find each other in this database (a connection string of Npgsql).",
    };

    private readonly Option<string?> _redis = new("--redis")
    {
        Description = "Members find each other in this server (a configuration of StackExchange.Redis).",
    };

    private readonly Option<bool> _localhost = new("--localhost") { Description = "All members are programs of this user on this machine." };
    private readonly Option<string?> _address = Address("--address", "The address at which the other members reach this one.");
    private readonly Option<string?> _listen = Address("--listen", "The address at which the member listens, if it is another one.");

    private readonly Option<int> _port;

    private readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "The file of the member's certificate (PEM).",
        HelpName = "file",
    };

    private readonly Option<string?> _key = new("--key") { Description = "The file of its private key (PEM).", HelpName = "file" };

    private readonly Option<string?> _authority = new("--authority")
    {
        Description = "The file of the members' authorities (PEM).",
        HelpName = "file",
    };

    private readonly Option<string?> _peerName = new("--peer-name") { Description = "The DNS name that each member's certificate must have." };

    private readonly Option<double?> _probeInterval = CommonOptions.Seconds(
        "--probe-interval",
        least: 0.05, // the least of ClusterDetection
        most: 3_600,
        "The interval of the probes between members; 0.6 by default. All members of a cluster must have the same.");

    private readonly Option<int?> _missedProbes = CommonOptions.Count(
        "--missed-probes",
        "probes",
        "The number of probes without an answer after which a member is suspected; 3 by default. All members of a cluster must have the same.");

    private readonly Option<int?> _votes = CommonOptions.Count(
        "--votes",
        "members",
        "The number of members that must suspect a member before it is declared dead; 2 by default. All members of a cluster must have the same.");

    /// <summary>Creates the options.</summary>
    /// <param name="port">The names of the option for the member's port: a command may have a port of another kind.</param>
    public MemberOptions(params string[] port) => _port = new Option<int>(port is [] ? "--port" : port[0], port is [] ? ["-p"] : port[1..])
    {
        Description = "The port at which the member listens; a free one by default.",
        HelpName = "port",
    };

    private Option[] All =>
    [
        _postgres, _redis, _localhost, _address, _listen, _port, _certificate, _key, _authority, _peerName, _probeInterval, _missedProbes, _votes,
    ];

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Adds the errors of a command that shows a cluster if it is named, and otherwise a program of this machine.</summary>
    public void Validate(CommandResult result, Option<string?> cluster, Argument<string?> program)
    {
        if (result.GetValue(cluster) is null)
        {
            foreach (var option in All.Where(option => result.GetResult(option) is { Implicit: false }))
            {
                result.AddError($"{option.Name} is an option of a cluster: name it with {cluster.Name}.");
            }

            return;
        }

        Validate(result);
        if (result.GetValue(program) is null)
        {
            result.AddError($"With {cluster.Name}, name the published program that runs there: 'mp' looks with the same assemblies.");
        }
    }

    /// <summary>Adds the errors of the command line.</summary>
    public void Validate(CommandResult result)
    {
        var stores = (result.GetValue(_postgres) is null ? 0 : 1)
            + (result.GetValue(_redis) is null ? 0 : 1) + (result.GetValue(_localhost) ? 1 : 0);
        if (stores != 1)
        {
            result.AddError("One of --postgres, --redis and --localhost is required.");
        }

        var files = new[] { _certificate, _key, _authority }.Count(option => result.GetValue(option) is not null);
        if (files is not (0 or 3))
        {
            result.AddError("--certificate, --key and --authority belong together.");
        }
    }

    /// <summary>Returns settings with what the options say.</summary>
    public NodeSettings Of(ParseResult result, NodeSettings settings) => settings with
    {
        Postgres = result.GetValue(_postgres),
        Redis = result.GetValue(_redis),
        Localhost = result.GetValue(_localhost),
        Address = result.GetValue(_address),
        Listen = result.GetValue(_listen),
        Port = result.GetValue(_port),
        Certificate = FullPath(result.GetValue(_certificate)),
        Key = FullPath(result.GetValue(_key)),
        Authority = FullPath(result.GetValue(_authority)),
        PeerName = result.GetValue(_peerName),
        ProbeInterval = result.GetValue(_probeInterval),
        MissedProbes = result.GetValue(_missedProbes),
        Votes = result.GetValue(_votes),
    };

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);

    private static Option<string?> Address(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "IP address" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IPAddress.TryParse(token.Value, out _))
            {
                result.AddError($"{name}: '{token.Value}' is no IP address.");
            }
        });
        return option;
    }
}
