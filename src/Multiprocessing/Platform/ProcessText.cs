using System.Diagnostics;
using System.Text;

namespace Multiprocessing.Platform;

/// <summary>What the system knows about any process of this user for people to read.</summary>
internal static class ProcessText
{
    /// <summary>Returns the arguments of the command line, the program first; empty if the system does not report it.</summary>
    public static IReadOnlyList<string> CommandLine(int processId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        try
        {
            var bytes = File.ReadAllBytes($"/proc/{processId}/cmdline");
            return Encoding.UTF8.GetString(bytes).TrimEnd('\0') is { Length: > 0 } text ? text.Split('\0') : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // it has ended
        }
    }

    /// <summary>Returns the name of the program that the process runs: for <c>dotnet app.dll</c> it is <c>app</c>.</summary>
    public static string NameOf(int processId, IReadOnlyList<string> commandLine)
    {
        if (commandLine.Count == 0)
        {
            return Look(processId, static process => process.ProcessName) ?? $"process {processId}";
        }

        var name = Path.GetFileName(commandLine[0]);
        var assembly = name is "dotnet" ? commandLine.Skip(1).FirstOrDefault(IsAssembly) : null;
        return assembly is null ? name : Path.GetFileNameWithoutExtension(assembly);
    }

    /// <summary>Returns the time of the start; null if the process has ended.</summary>
    public static DateTimeOffset? StartTimeOf(int processId)
    {
        var time = Look(processId, static process => (object)new DateTimeOffset(process.StartTime));
        return (DateTimeOffset?)time;
    }

    private static bool IsAssembly(string argument) =>
        argument.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && !argument.StartsWith('-');

    private static T? Look<T>(int processId, Func<Process, T> look)
        where T : class
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return look(process);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null; // it has ended
        }
    }
}
