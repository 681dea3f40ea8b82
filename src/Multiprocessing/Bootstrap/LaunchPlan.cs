using System.Reflection;

namespace Multiprocessing;

/// <summary>How this program starts a child of its own kind without running its <c>Main</c>; decided once.</summary>
/// <param name="Executable">The program to run.</param>
/// <param name="Arguments">Its arguments, without <c>argv[0]</c>.</param>
/// <param name="StartupHook">What goes into DOTNET_STARTUP_HOOKS, or <see langword="null"/> when the host assembly is the entry point.</param>
internal sealed record LaunchPlan(string Executable, IReadOnlyList<string> Arguments, string? StartupHook)
{
    private const string HostFileName = "Multiprocessing.Host.dll";

    private static readonly Lazy<LaunchPlan> Detected = new(Detect);

    public static LaunchPlan Current => Detected.Value;

    private static LaunchPlan Detect()
    {
        var library = typeof(LaunchPlan).Assembly.Location;
        return library.Length == 0 ? RunSelf(hook: "Multiprocessing") : TryRunHost(library) ?? RunSelf(hook: library);
    }

    /// <summary>A framework-dependent program: its runtime configuration and dependencies, but the host's entry point. Its Main cannot run.</summary>
    private static LaunchPlan? TryRunHost(string library)
    {
        var host = Path.Combine(Path.GetDirectoryName(library)!, HostFileName);
        if (FindDotnet() is not { } dotnet || !File.Exists(host) || FindProgram() is not { } program)
        {
            return null;
        }

        var arguments = new List<string> { "exec", "--runtimeconfig", program + ".runtimeconfig.json" };
        if (File.Exists(program + ".deps.json"))
        {
            arguments.AddRange(["--depsfile", program + ".deps.json"]);
        }

        return new LaunchPlan(dotnet, [.. arguments, host], StartupHook: null);
    }

    /// <summary>A single file or self-contained program: the program itself, with a startup hook that never returns to it.</summary>
    private static LaunchPlan RunSelf(string hook)
    {
        var self = Environment.ProcessPath
            ?? throw new ProcessStartException("The path of this program's executable is unknown, so no child can be started from it.");
        if (!IsDotnet(self))
        {
            return new LaunchPlan(self, [], hook);
        }

        var entry = Assembly.GetEntryAssembly()?.Location;
        return string.IsNullOrEmpty(entry)
            ? throw new ProcessStartException($"{self} runs no assembly that a child could be started from.")
            : new LaunchPlan(self, ["exec", entry], hook);
    }

    /// <summary>The true place of the program's files, without an ending. Test hosts run another assembly than the one whose dependencies they were given.</summary>
    private static string? FindProgram()
    {
        var candidates = new List<string>();
        if (AppContext.GetData("APP_CONTEXT_DEPS_FILES") is string files && files.Split(Path.PathSeparator, ';')[0] is { Length: > 0 } first)
        {
            candidates.Add(first.EndsWith(".deps.json", StringComparison.Ordinal) ? first[..^".deps.json".Length] : first);
        }

        if (Assembly.GetEntryAssembly()?.GetName().Name is { } name)
        {
            candidates.Add(Path.Combine(AppContext.BaseDirectory, name));
        }

        return candidates.Find(candidate => File.Exists(candidate + ".runtimeconfig.json"));
    }

    /// <summary>The dotnet executable that carries the running framework, or <see langword="null"/> in a self-contained program.</summary>
    private static string? FindDotnet()
    {
        if (Environment.ProcessPath is { } self && IsDotnet(self))
        {
            return self;
        }

        // <root>/shared/Microsoft.NETCore.App/<version>/System.Private.CoreLib.dll
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location);
        var root = framework is null ? null : Path.GetFullPath(Path.Combine(framework, "..", "..", ".."));
        var dotnet = root is null ? null : Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return dotnet is not null && File.Exists(dotnet) ? dotnet : null;
    }

    private static bool IsDotnet(string path) => Path.GetFileNameWithoutExtension(path).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
}
