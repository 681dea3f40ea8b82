using System.Reflection;
using Humanizer;
using Multiprocessing;
using PluginHost.Contract;
using PluginHost.Pictures;
using Spectre.Console;

namespace PluginHost;

/// <summary>The host: two services under one supervisor, a caller of each, and a check of what was promised.</summary>
internal sealed class HostRun(string folder)
{
    private const string Pictures = "pictures";
    private const string Labels = "labels";
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(15); // ample for a busy machine: a good call takes less than a millisecond
    private readonly Timeline _timeline = new();
    private readonly List<string> _surprises = [];

    /// <summary>Runs the host in a folder of its own.</summary>
    /// <returns>0 if everything was as promised.</returns>
    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("plugin-host-");
        try
        {
            return await new HostRun(folder.FullName).HostAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<int> HostAsync()
    {
        var plugin = Path.Combine(AppContext.BaseDirectory, "plug-ins", "Labels", "Labels.dll");
        await using var supervisor = new ProcessSupervisor(new() { Name = "host", MaxRestarts = 10 });
        var decoder = supervisor.AddService<IPictureDecoder>(Pictures, () => new NativePictureDecoder());
        var labeler = supervisor.AddService<ILabeler>(Labels, () => PluginFolder.Create<ILabeler>(plugin), new() { CallTimeout = CallTimeout });
        await supervisor.WaitStartedAsync();
        _timeline.Tree("before", supervisor);
        CheckVersions(labeler.Description);

        var inputs = new Inputs(folder);
        Caller[] callers = [new(Pictures, _timeline, supervisor), new(Labels, _timeline, supervisor)];
        await Task.WhenAll(Task.Run(() => callers[0].Run(inputs.Pictures(decoder))), Task.Run(() => callers[1].Run(Inputs.Titles(labeler))));
        _timeline.Tree("after", supervisor);
        return Report(callers, supervisor);
    }

    /// <summary>Checks that both versions of the dependency are in use, each on its own side, and that the host has not loaded the plug-in.</summary>
    private void CheckVersions(string plugin)
    {
        var ours = typeof(StringHumanizeExtensions).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version ?? "";
        _timeline.Say("host", $"process {Environment.ProcessId} uses Humanizer {ours}");
        _timeline.Say(Labels, plugin);
        Expect(
            ours.StartsWith('3') && plugin.Contains("Humanizer 2.", StringComparison.Ordinal),
            "The host and the plug-in use the same version of Humanizer.");
        Expect(
            !AppDomain.CurrentDomain.GetAssemblies().Any(static assembly => assembly.GetName().Name is "Labels"),
            "The plug-in is loaded in the process of the host.");
    }

    private int Report(Caller[] callers, ProcessSupervisor supervisor)
    {
        var table = new Table().AddColumns("service", "calls", "failed", "killed or crashed", "restarts", "longest gap after a death");
        foreach (var caller in callers)
        {
            var restarts = supervisor.Children.Single(child => child.Name == caller.Name).RestartCount;
            table.AddRow(
                caller.Name, $"{caller.Calls}", $"{caller.Failed}", $"{caller.Deaths}", $"{restarts}", $"{caller.LongestGap.TotalMilliseconds:0} ms");
            _surprises.AddRange(caller.Surprises);
            Expect(caller.Calls == Inputs.Count, $"{caller.Name} made {caller.Calls} calls instead of {Inputs.Count}.");
            Expect(caller.Deaths > 0, $"No process of {caller.Name} has died.");
            Expect(restarts == caller.Deaths, $"{caller.Name} was restarted {restarts} times after {caller.Deaths} deaths.");
        }

        AnsiConsole.Write(table);
        foreach (var surprise in _surprises)
        {
            AnsiConsole.MarkupLine($"[red]Not as promised:[/] {Markup.Escape(surprise)}");
        }

        if (_surprises.Count > 0)
        {
            return 1;
        }

        AnsiConsole.MarkupLine("[green]Each bad input has cost one call. All others have their results.[/]");
        return 0;
    }

    private void Expect(bool condition, string otherwise)
    {
        if (!condition)
        {
            _surprises.Add(otherwise);
        }
    }
}
