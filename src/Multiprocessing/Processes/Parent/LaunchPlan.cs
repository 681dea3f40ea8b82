using System.Reflection;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>How this program starts a child of its own kind without running its <c>Main</c>; decided at the first start that finds its files.</summary>
/// <param name="Executable">The program to run.</param>
/// <param name="Arguments">Its arguments, without <c>argv[0]</c>.</param>
/// <param name="StartupHook">What goes into DOTNET_STARTUP_HOOKS, or <see langword="null"/> when the host assembly is the entry point.</param>
internal sealed record LaunchPlan(string Executable, IReadOnlyList<string> Arguments, string? StartupHook)
{
    private const string HookSwitch = "System.StartupHookProvider.IsSupported";
    private const string HostFileName = "Multiprocessing.Host.dll";

    private static LaunchPlan? _detected;

    // Not a Lazy, which would keep an error for the life of the process: files may be missing for a moment, while a program is updated for example.
    public static LaunchPlan Current => Volatile.Read(ref _detected) ?? (_detected = Detect());

    /// <summary>Asked before a body or a task is looked at, as a native program cannot even do that.</summary>
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

    /// <summary>A framework-dependent program: its runtime configuration and dependencies, but the host's entry point. Its Main cannot run.</summary>
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

    /// <summary>A single file or self-contained program: the program itself, with a startup hook that never returns to it.</summary>
    private static LaunchPlan RunSelf(string hook)
    {
        // Asked before anything is started: without its hook, the child would run the program's Main.
        if (AppContext.TryGetSwitch(HookSwitch, out var isSupported) && !isSupported)
        {
            throw new ProcessStartException(
                $"No child can be started, because a child of this program begins in a startup hook, and these are switched off ({HookSwitch} is false). "
                + "Set <StartupHookSupport>true</StartupHookSupport> in the project.")
            {
                IsFinal = true,
            };
        }

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

    /// <summary>
    /// The runtime takes the host's directory for the program's own when it looks up what the dependencies file names, so the host beside the program
    /// comes first. The library may lie below: a package brings one for each kind of machine, in runtimes/linux-x64/lib and the like.
    /// </summary>
    private static string? FindHost(string program, string library)
    {
        string?[] directories = [Path.GetDirectoryName(program), Path.GetDirectoryName(library), AppContext.BaseDirectory];
        return Array.Find(Array.ConvertAll(directories, directory => Path.Combine(directory!, HostFileName)), File.Exists);
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

        // <root>/shared/Microsoft.NETCore.App/<version>/System.Private.CoreLib.dll; in a self-contained program it lies beside the program.
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
