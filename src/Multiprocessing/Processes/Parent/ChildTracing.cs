namespace Multiprocessing;

/// <summary>
/// Variables through which tracing tools control the .NET runtime of a program that they start (<c>dotnet-trace collect -- app</c>). A child inherits
/// them, but the tool waits for the program alone. Profilers (CORECLR_*), startup hooks, dumps and the host's trace work for any number of processes
/// and are not changed.
/// </summary>
internal static class ChildTracing
{
    private const string PidMark = "{pid}";
    private const string DefaultTraceFile = "trace.nettrace";

    /// <summary>Returns the variables that must differ in a child; <see langword="null"/> as a value removes one.</summary>
    /// <param name="environment">The environment that the child would receive.</param>
    /// <param name="chosen">The names that the program has set for this child, which are not changed.</param>
    public static IEnumerable<(string Name, string? Value)> Changes(IReadOnlyDictionary<string, string> environment, ICollection<string> chosen)
    {
        // The runtime reads each under two names; the older one counts if the newer one is not set.
        foreach (var prefix in (string[])["DOTNET_", "COMPlus_"])
        {
            var ports = prefix + "DiagnosticPorts";
            if (environment.GetValueOrDefault(ports) is { Length: > 0 } value && !chosen.Contains(ports))
            {
                yield return (ports, WithoutSuspension(value));
            }

            var suspends = prefix + "DefaultDiagnosticPortSuspend";
            if (environment.ContainsKey(suspends) && !chosen.Contains(suspends))
            {
                yield return (suspends, "0");
            }

            var file = prefix + "EventPipeOutputPath";
            if (environment.GetValueOrDefault(prefix + "EnableEventPipe") is { Length: > 0 } and not "0"
                && (environment.GetValueOrDefault(file) is { Length: > 0 } path ? path : DefaultTraceFile) is var name
                    && !name.Contains(PidMark, StringComparison.Ordinal) && !chosen.Contains(file))
            {
                yield return (file, OfProcess(name)); // otherwise every child would overwrite the parent's trace
            }
        }
    }

    /// <summary>
    /// <c>address[,connect|listen][,suspend|nosuspend];...</c>; the defaults are connect and suspend. The tool resumes only the process that it
    /// started, so a child that connects must not wait for it. The address of a port to listen at belongs to the parent.
    /// </summary>
    private static string? WithoutSuspension(string ports)
    {
        var kept = new List<string>();
        foreach (var port in ports.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = port.Split(',', StringSplitOptions.TrimEntries);
            if (!parts.Contains("listen", StringComparer.OrdinalIgnoreCase))
            {
                var options = parts.Where(static part =>
                    !part.Equals("suspend", StringComparison.OrdinalIgnoreCase) && !part.Equals("nosuspend", StringComparison.OrdinalIgnoreCase));
                kept.Add(string.Join(',', options.Append("nosuspend")));
            }
        }

        return kept.Count == 0 ? null : string.Join(';', kept);
    }

    private static string OfProcess(string path)
    {
        var ending = Path.GetExtension(path);
        return $"{path[..^ending.Length]}.{PidMark}{ending}";
    }
}
