using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using Multiprocessing.Tests.Serialization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Assemblies that the program loads by itself, in every way that there is. A child has none of the program's contexts and event handlers.</summary>
/// <remarks>No <see cref="ProcessTest"/>, because an assembly stays loaded, and its file mapped, until the process ends.</remarks>
[Collection(ProcessCollection.Name)]
public class PluginTests
{
    /// <summary>A context as the documentation of .NET makes it: a resolver for the plug-in's own dependencies.</summary>
    private sealed class PluginContext(string main, string? name, bool isCollectible) : AssemblyLoadContext(name, isCollectible)
    {
        private readonly AssemblyDependencyResolver _resolver = new(main);

        protected override Assembly? Load(AssemblyName assemblyName) => _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    public static TheoryData<string> Ways() =>
    [
        "LoadFrom", "LoadFrom, dependency by AssemblyResolve", "LoadFile, dependency by AssemblyResolve and LoadFrom", "LoadFile, dependency by AssemblyResolve and LoadFile",
        "Default.LoadFromAssemblyPath, dependency by Resolving", "by name through AssemblyResolve", "own context with a resolver", "own context without a name",
        "own collectible context", "own context, dependency by Resolving", "own context, dependency in the default one", "own context, dependency in another one",
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public Task A_plugin_crosses_however_it_was_loaded(string way) => Watchdog.Run(() =>
    {
        using var directory = new PluginDirectory();
        var assembly = Load(way, directory);
        var tool = PluginFiles.NewTool(assembly, 40);
        var type = tool.GetType();

        // Captured, and back as the result.
        var (there, back) = ChildProcess.Run(() =>
        {
            var sum = PluginFiles.SumOf(tool)(2);
            return (sum, tool);
        }).Take();
        there.ShouldBe(42);
        back.GetType().ShouldBeSameAs(type);
        PluginFiles.ValueOf(back).ShouldBe(40);
        PluginFiles.SumOf(back)(3).ShouldBe(43);

        // Made in the child.
        var made = ChildProcess.Run(() => PluginFiles.NewTool(type.Assembly, 7)).Take();
        made.GetType().ShouldBeSameAs(type);
        PluginFiles.ValueOf(made).ShouldBe(7);

        // A method of it as the body.
        ChildProcess.Run(PluginFiles.SumOf(tool), 5).Take().ShouldBe(45);

        // Through a queue; generic types over it; the type and its assembly themselves.
        using var queue = new ProcessQueue<object>();
        queue.Put(tool);
        queue.Put(Activator.CreateInstance(typeof(List<>).MakeGenericType(type))!);
        queue.Put(type);
        ChildProcess.Run(() =>
        {
            for (var i = 0; i < 3; i++)
            {
                queue.Put(queue.Get());
            }
        }).TakeFailure().ShouldBeNull();
        queue.Get().GetType().ShouldBeSameAs(type);
        queue.Get().GetType().ShouldBe(typeof(List<>).MakeGenericType(type));
        queue.Get().ShouldBeSameAs(type);

        // Its exceptions.
        var error = type.Assembly.GetType("ToolException")!;
        using var fails = ChildProcess.Run(() => throw (Exception)Activator.CreateInstance(error)!);
        fails.Join();
        fails.ExitStatus!.Error!.GetType().ShouldBeSameAs(error);
    });

    [Fact]
    public Task One_plugin_in_two_contexts_stays_two() => Watchdog.Run(async () =>
    {
        using var directory = new PluginDirectory();
        var files = PluginFiles.Make(directory.Path);
        object[] tools = [.. new[] { "plugin", "plugin", "other", null }.Select(name => PluginFiles.NewTool(new PluginContext(files.Tool, name, isCollectible: false).LoadFromAssemblyPath(files.Tool), 1))];
        tools.Select(static tool => tool.GetType()).Distinct().Count().ShouldBe(4);
        var (distinct, names, back) = ChildProcess.Run(() => (
            tools.Select(static tool => tool.GetType()).Distinct().Count(),
            string.Join(',', tools.Select(static tool => AssemblyLoadContext.GetLoadContext(tool.GetType().Assembly)!.Name)),
            tools)).Take();
        distinct.ShouldBe(4);
        names.ShouldBe("plugin,plugin,other,");
        back.Select(static tool => tool.GetType()).ShouldBe(tools.Select(static tool => tool.GetType()));

        // From one worker to another one, and from there back.
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var last = tools[1];
        for (var round = 0; round < 4; round++)
        {
            last = await pool.RunAsync((object tool) => tool, last);
            last.GetType().ShouldBeSameAs(tools[1].GetType());
        }
    });

    [Fact]
    public Task A_context_that_both_sides_made_by_themselves_is_one() => Watchdog.Run(() =>
    {
        using var directory = new PluginDirectory();
        var files = PluginFiles.Make(directory.Path);
        var main = files.Tool;
        var context = new PluginContext(main, "both", isCollectible: false);
        var tool = PluginFiles.NewTool(context.LoadFromAssemblyPath(main), 3);
        using var queue = new ProcessQueue<object>();
        queue.Put(tool);
        var (isSame, made) = ChildProcess.Run(() =>
        {
            var own = PluginFiles.NewTool(new PluginContext(main, "both", isCollectible: false).LoadFromAssemblyPath(main), 4);
            return (queue.Get().GetType() == own.GetType(), own);
        }).Take();
        isSame.ShouldBeTrue();
        made.GetType().ShouldBeSameAs(tool.GetType());
    });

    [Fact]
    public Task An_exception_does_not_bring_a_plugin_of_the_child_into_this_process() => Watchdog.Run(() =>
    {
        using var directory = new PluginDirectory();
        var file = PluginFiles.Make(directory.Path).Tool;
        var told = ChildProcess.Run(() => Message.WriteException((Exception)Activator.CreateInstance(Assembly.LoadFrom(file).GetType("ToolException")!)!)).Take();
        Message.ReadException(told).ShouldBeOfType<RemoteException>().Message.ShouldContain("ToolException");
        AppDomain.CurrentDomain.GetAssemblies().ShouldNotContain(loaded => !loaded.IsDynamic && loaded.Location == file);

        // A result may: it was asked for.
        var made = ChildProcess.Run(() => PluginFiles.NewTool(Assembly.LoadFrom(file), 6)).Take();
        PluginFiles.ValueOf(made).ShouldBe(6);
    });

    [Fact]
    public void An_assembly_that_is_known_by_its_bytes_only_is_refused_at_the_call()
    {
        using var directory = new PluginDirectory();
        var files = PluginFiles.Make(directory.Path);
        Assembly[] known =
        [
            LoadBytes(Assembly.Load, files), LoadBytes(static bytes => new AssemblyLoadContext(null).LoadFromStream(new MemoryStream(bytes)), files),
            LoadBytes(static bytes => AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(bytes)), PluginFiles.Make(directory.Path)), Emitted(AssemblyBuilderAccess.Run), Emitted(AssemblyBuilderAccess.RunAndCollect),
        ];
        foreach (var assembly in known)
        {
            var type = assembly.GetType("ToolException") ?? assembly.GetType("Tool")!;
            var instance = Activator.CreateInstance(type)!;
            using var queue = new ProcessQueue<object>();
            foreach (var item in (object[])[instance, new[] { instance }, type, assembly, Activator.CreateInstance(typeof(List<>).MakeGenericType(type))!])
            {
                var error = Should.Throw<NotSerializableException>(() => queue.Put(item));
                error.Suggestion.ShouldContain($"'{assembly.GetName().Name}'");
                error.Suggestion.ShouldContain("from its path");
            }

            Should.Throw<NotSerializableException>(() => ChildProcess.Run(() => instance.ToString())).Path.ShouldStartWith("captured variable 'instance'");
            if (type.GetMethod("Sum") is { } method)
            {
                Should.Throw<NotSerializableException>(() => ChildProcess.Run(method.CreateDelegate<Func<int, int>>(instance), 1)).Suggestion.ShouldContain("from its path");
            }
        }
    }

    [Fact]
    public void A_dependency_that_is_known_by_its_bytes_only_is_named()
    {
        using var directory = new PluginDirectory();
        var files = PluginFiles.Make(directory.Path, directory.File("hidden"));
        var context = new AssemblyLoadContext("bytes");
        context.Resolving += (resolving, name) => name.Name == Path.GetFileNameWithoutExtension(files.Part) ? resolving.LoadFromStream(new MemoryStream(File.ReadAllBytes(files.Part))) : null;
        var tool = PluginFiles.NewTool(context.LoadFromAssemblyPath(files.Tool), 1);
        Message.Refused(tool).Suggestion.ShouldContain(Path.GetFileNameWithoutExtension(files.Part));
    }

    [Fact]
    public Task A_file_that_was_changed_or_is_gone_says_so() => Watchdog.Run(() =>
    {
        using var directory = new PluginDirectory();
        var changed = PluginFiles.Make(directory.Path);
        var tool = PluginFiles.NewTool(new PluginContext(changed.Tool, "changed", isCollectible: false).LoadFromAssemblyPath(changed.Tool), 1);
        Replace(changed);
        Message.Refused(tool).Suggestion.ShouldContain("was changed since");

        // Changed when it had crossed already: the child finds it.
        var later = PluginFiles.Make(directory.Path);
        var late = PluginFiles.NewTool(new PluginContext(later.Tool, "later", isCollectible: false).LoadFromAssemblyPath(later.Tool), 1);
        ChildProcess.Run(() => PluginFiles.ValueOf(late)).Take().ShouldBe(1);
        Replace(later);
        using var fails = ChildProcess.Run(() => late.ToString());
        fails.Join();
        fails.ExitStatus!.Error!.Message.ShouldContain("was changed since");

        if (!OperatingSystem.IsWindows())
        {
            var gone = PluginFiles.Make(directory.Path);
            var lost = PluginFiles.NewTool(new PluginContext(gone.Tool, "gone", isCollectible: false).LoadFromAssemblyPath(gone.Tool), 1);
            File.Delete(gone.Tool);
            Message.Refused(lost).Suggestion.ShouldContain(gone.Tool);
        }
    });

    /// <summary>As a build does it: a new file in the place of the old one.</summary>
    private static void Replace(PluginFiles files)
    {
        File.Move(files.Tool, files.Tool + ".old");
        File.Move(files.Part, files.Part + ".old");
        files.Write();
    }

    private static Assembly LoadBytes(Func<byte[], Assembly> load, PluginFiles files) => load(File.ReadAllBytes(files.Tool));

    private static Assembly Emitted(AssemblyBuilderAccess access)
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Emitted" + access), access).DefineDynamicModule("m");
        return module.DefineType("Tool", TypeAttributes.Public).CreateType().Assembly;
    }

    private static Assembly Load(string way, PluginDirectory directory)
    {
        var isApart = way.Contains("dependency", StringComparison.Ordinal);
        var files = PluginFiles.Make(directory.File("plugin"), isApart ? directory.File("somewhere") : null);
        var name = Path.GetFileNameWithoutExtension(files.Part);
        var main = Path.GetFileNameWithoutExtension(files.Tool);
        var own = new AssemblyLoadContext("own");
        switch (way)
        {
            case "LoadFrom":
                return Assembly.LoadFrom(files.Tool);
            case "LoadFrom, dependency by AssemblyResolve":
                OnAssemblyResolve(name, () => Assembly.LoadFrom(files.Part));
                return Assembly.LoadFrom(files.Tool);
            case "LoadFile, dependency by AssemblyResolve and LoadFrom":
                OnAssemblyResolve(name, () => Assembly.LoadFrom(files.Part));
                return Assembly.LoadFile(files.Tool);
            case "LoadFile, dependency by AssemblyResolve and LoadFile":
                OnAssemblyResolve(name, () => Assembly.LoadFile(files.Part));
                return Assembly.LoadFile(files.Tool);
            case "Default.LoadFromAssemblyPath, dependency by Resolving":
                AssemblyLoadContext.Default.Resolving += (context, wanted) => wanted.Name == name ? context.LoadFromAssemblyPath(files.Part) : null;
                return AssemblyLoadContext.Default.LoadFromAssemblyPath(files.Tool);
            case "by name through AssemblyResolve":
                OnAssemblyResolve(main, () => Assembly.LoadFrom(files.Tool));
                OnAssemblyResolve(name, () => Assembly.LoadFrom(files.Part));
                return Type.GetType($"Tool, {main}", throwOnError: true)!.Assembly;
            case "own context with a resolver":
                return new PluginContext(files.Tool, "with a resolver", isCollectible: false).LoadFromAssemblyPath(files.Tool);
            case "own context without a name":
                return new PluginContext(files.Tool, null, isCollectible: false).LoadFromAssemblyPath(files.Tool);
            case "own collectible context":
                return new PluginContext(files.Tool, "collectible", isCollectible: true).LoadFromAssemblyPath(files.Tool);
            case "own context, dependency by Resolving":
                own.Resolving += (context, wanted) => wanted.Name == name ? context.LoadFromAssemblyPath(files.Part) : null;
                return own.LoadFromAssemblyPath(files.Tool);
            case "own context, dependency in the default one":
                AssemblyLoadContext.Default.LoadFromAssemblyPath(files.Part);
                return own.LoadFromAssemblyPath(files.Tool);
            case "own context, dependency in another one":
                var shared = new AssemblyLoadContext("shared");
                own.Resolving += (_, wanted) => wanted.Name == name ? shared.LoadFromAssemblyPath(files.Part) : null;
                return own.LoadFromAssemblyPath(files.Tool);
            default:
                throw new ArgumentException(way);
        }
    }

    private static void OnAssemblyResolve(string name, Func<Assembly> load) =>
        AppDomain.CurrentDomain.AssemblyResolve += (_, arguments) => new AssemblyName(arguments.Name).Name == name ? load() : null;
}
