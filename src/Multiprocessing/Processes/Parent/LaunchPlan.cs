using System.Reflection;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// How this program starts a child of itself without running its <c>Main</c>. Decided at the first start that finds the files.
/// </summary>
/// <param name="Executable">The program to run.</param>
/// <param name="Arguments">Its arguments, without <c>argv[0]</c>.</param>
/// <param name="StartupHook">The value for DOTNET_STARTUP_HOOKS, or <see langword="null"/> if the host assembly is the entry point.</param>
internal sealed record LaunchPlan(string Executable, IReadOnlyList<string> Arguments, string? StartupHook)
{
    private const string HookSwitch = "System.StartupHookProvider.IsSupported";
    private const string HostFileName = "Multiprocessing.Host.dll";

    private static LaunchPlan? _detected;

    // Not a Lazy, which would keep an error for the life of the process: files may be missing for a moment, for instance during an update of the
    // program.
    public static LaunchPlan Current => Volatile.Read(ref _detected) ?? (_detected = Detect());

    /// <summary>Called before a body or a task is inspected, because a native program cannot do even that.</summary>
    /// <exception cref="ProcessStartException">The program was compiled to native code.</exception>
    public static void ThrowIfNative()
    {
        if (NativeProgram.Is)
        {
            throw new ProcessStartException(NativeProgram.NoChildren);
        }
    }

    private static LaunchPlan Detect()
    {
        ThrowIfNative();
        var library = typeof(LaunchPlan).Assembly.Location;
        return library.Length == 0 ? RunSelf(hook: "Multiprocessing") : TryRunHost(library) ?? RunSelf(hook: library);
    }

    /// <summary>A framework-dependent program: its runtime configuration and dependencies with the host's entry point. Its Main cannot run.</summary>
    private static LaunchPlan? TryRunHost(string library)
    {
        if (FindDotnet() is not { } dotnet || FindProgram() is not { } program || FindHost(program, library) is not { } host)
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

    /// <summary>A single file or self-contained program: the program itself, with a startup hook that never returns.</summary>
    private static LaunchPlan RunSelf(string hook)
    {
        // Checked before the start: without its hook, the child would run the program's Main.
        if (AppContext.TryGetSwitch(HookSwitch, out var isSupported) && !isSupported)
        {
            throw new ProcessStartException(
                $"Child processes cannot be started: a child of this program begins in a startup hook, and startup hooks are disabled "
                + $"({HookSwitch} is false). "
                + "Set <StartupHookSupport>true</StartupHookSupport> in the project.")
            {
                IsFinal = true,
            };
        }

        var self = Environment.ProcessPath
            ?? throw new ProcessStartException("The path of this program's executable is unknown, so child processes cannot be started.");
        if (!IsDotnet(self))
        {
            return new LaunchPlan(self, [], hook);
        }

        var entry = Assembly.GetEntryAssembly()?.Location;
        return string.IsNullOrEmpty(entry)
            ? throw new ProcessStartException($"Child processes cannot be started: {self} runs no assembly that is stored in a file.")
            : new LaunchPlan(self, ["exec", entry], hook);
    }

    /// <summary>
    /// The runtime treats the host's directory as the program's own when it resolves the entries of the dependencies file, so the host beside the
    /// program is preferred. The library may be in a directory below: a package contains one for each kind of machine, in runtimes/linux-x64/lib and
    /// the like.
    /// </summary>
    private static string? FindHost(string program, string library)
    {
        string?[] directories = [Path.GetDirectoryName(program), Path.GetDirectoryName(library), AppContext.BaseDirectory];
        return Array.Find(Array.ConvertAll(directories, directory => Path.Combine(directory!, HostFileName)), File.Exists);
    }

    /// <summary>
    /// Returns the real path of the program's files without extension. Test hosts run another assembly than the one whose dependencies they received.
    /// </summary>
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

    /// <summary>Returns the dotnet executable of the running framework, or <see langword="null"/> in a self-contained program.</summary>
    private static string? FindDotnet()
    {
        if (Environment.ProcessPath is { } self && IsDotnet(self))
        {
            return self;
        }

        // <root>/shared/Microsoft.NETCore.App/<version>/System.Private.CoreLib.dll; in a self-contained program it is beside the program.
        var framework = Directory.GetParent(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        if (framework is not { Name: "Microsoft.NETCore.App", Parent.Parent: { } root })
        {
            return null;
        }

        var dotnet = Path.Combine(root.FullName, ChildStart.FileNameOf("dotnet"));
        return File.Exists(dotnet) ? dotnet : null;
    }

    private static bool IsDotnet(string path) => Path.GetFileNameWithoutExtension(path).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
}
