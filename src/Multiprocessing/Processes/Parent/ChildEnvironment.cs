using System.Collections;
using System.Globalization;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The environment of a child: the one of this process, the changes of the options, and variables that only the start of the runtime needs.
/// </summary>
internal sealed class ChildEnvironment
{
    private const string StartupHooksVariable = "DOTNET_STARTUP_HOOKS";

    public ChildEnvironment(ChildProcessOptions options, LaunchPlan plan, string control)
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            Variables[(string)variable.Key] = (string)variable.Value!;
        }

        foreach (var (name, value) in options.Environment)
        {
            Set(name, value);
        }

        // All processes of a session must use the same facilities.
        if (Facilities.IsPortableForced)
        {
            Variables[Facilities.ForceVariable] = "1";
        }

        SetForStart(ControlChannel.Variable, control);
        SetForStart("DOTNET_gcServer", options.ServerGarbageCollection ? "1" : "0");
        SetForStart("DOTNET_gcConcurrent", "0");
        if (options.HeapLimit is { } limit)
        {
            SetForStart("DOTNET_GCHeapHardLimit", limit.ToString("x", CultureInfo.InvariantCulture));
        }

        if (plan.StartupHook is { } hook)
        {
            // Our hook does not return, so it is the last one.
            var others = Variables.GetValueOrDefault(StartupHooksVariable);
            SetForStart(StartupHooksVariable, others is { Length: > 0 } ? others + Path.PathSeparator + hook : hook);
        }

        foreach (var (name, value) in ChildTracing.Changes(Variables, options.Environment.Keys).ToList())
        {
            SetForStart(name, value);
        }
    }

    public Dictionary<string, string> Variables { get; } = new(EnvironmentNames.Comparer);

    /// <summary>The variables that only the start needs, with the values that the program's code must see; <see langword="null"/> for none.</summary>
    public Dictionary<string, string?> ToRestore { get; } = [];

    private void SetForStart(string name, string? value)
    {
        ToRestore[name] = Variables.GetValueOrDefault(name);
        Set(name, value);
    }

    private void Set(string name, string? value)
    {
        if (value is null)
        {
            Variables.Remove(name);
        }
        else
        {
            Variables[name] = value;
        }
    }
}
