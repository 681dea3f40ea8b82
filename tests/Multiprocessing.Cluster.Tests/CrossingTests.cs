using System.Reflection;
using System.Reflection.Emit;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>What may not leave a machine: it is refused at the call, or fails the task whose result it is, with the path to it and the way out.</summary>
public class CrossingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_belongs_to_this_machine_is_refused_at_the_call_with_its_path()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        using var local = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        using var array = new SharedArray<int>(4);
        using var grid = new SharedArray2D<int>(2, 2);
        using var buffer = new SharedBuffer<int>(4);
        using var memory = new SharedMemory(64);
        using var value = new SharedValue<int>(1);
        using var shared = local.Share("text");
        using var queue = new ProcessQueue<int>();
        using var mutex = new ProcessLock();
        using var semaphore = new ProcessSemaphore(1);
        using var signal = new ProcessEvent();
        foreach (var (kind, item) in new (string, object)[]
        {
            ("SharedArray", array), ("SharedArray2D", grid), ("SharedBuffer", buffer), ("SharedMemory", memory), ("SharedValue", value),
            ("SharedInput", shared), ("ProcessQueue", queue), ("ProcessLock", mutex), ("ProcessSemaphore", semaphore), ("ProcessEvent", signal),
        })
        {
            var holder = new Holder { Inner = [item] };
            (await RefusedAsync(() => pool.RunAsync(() => holder.Inner.Length))).ShouldSatisfyAllConditions(
                text => text.ShouldContain("captured variable 'holder'"), text => text.ShouldContain("Inner"), text => text.ShouldContain(kind),
                text => text.ShouldContain("ProcessPool"));
            (await RefusedAsync(() => pool.RunAsync(static given => given.Inner.Length, holder))).ShouldContain("argument 1");
            (await RefusedAsync(() => pool.MapAsync([holder], static given => given.Inner.Length))).ShouldContain("item");

            // A body that is large enough to be carried once is refused as a small one.
            var table = new byte[100_000];
            (await RefusedAsync(() => pool.MapAsync([1], number => holder.Inner.Length + table[number]))).ShouldContain("captured variable 'holder'");
        }

        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    [Fact]
    public async Task What_belongs_to_the_nodes_machine_fails_the_task_that_returns_it()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var refused = await RefusedAsync(() => pool.RunAsync(static () => new Holder { Inner = [new SharedArray<int>(4)] }));
        refused.ShouldSatisfyAllConditions(
            text => text.ShouldContain("result"), text => text.ShouldContain("Inner"), text => text.ShouldContain("SharedArray"),
            text => text.ShouldContain("Return the values"));
        (await RefusedAsync(() => pool.MapAsync([1], static _ => (object)new ProcessLock()))).ShouldContain("ProcessLock");
        (await RefusedAsync(() => pool.RunAsync(static () => new ProcessQueue<int>()))).ShouldContain("ProcessQueue");
        (await RefusedAsync(() => pool.RunAsync(static () => new SharedMemory(64)))).ShouldContain("SharedMemory");
        (await RefusedAsync(() => pool.RunAsync(static () => new SharedBuffer<int>(4)))).ShouldContain("SharedBuffer");
        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    [Fact]
    public async Task A_type_of_a_plugin_is_refused_in_a_body_an_argument_and_a_result()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var file = Path.Combine(cluster.Folder, $"Plugin{Guid.NewGuid():N}.dll");
        Write(file);
        var tool = Activator.CreateInstance(Assembly.LoadFrom(file).GetType("Tool", throwOnError: true)!)!;
        var name = Path.GetFileNameWithoutExtension(file);
        foreach (var item in new[] { tool, Array.CreateInstance(tool.GetType(), 1), Activator.CreateInstance(typeof(List<>).MakeGenericType(tool.GetType()))!, tool.GetType() })
        {
            var holder = new Holder { Inner = [item] };
            (await RefusedAsync(() => pool.RunAsync(() => holder.Inner.Length))).ShouldSatisfyAllConditions(
                text => text.ShouldContain("captured variable 'holder'"), text => text.ShouldContain("Inner"), text => text.ShouldContain(name),
                text => text.ShouldContain("Reference the assembly"));
            (await RefusedAsync(() => pool.RunAsync(static given => given.Inner.Length, holder))).ShouldContain("argument 1");
        }

        var method = tool.GetType().GetMethod("Twice")!.CreateDelegate<Func<int, int>>(tool);
        (await RefusedAsync(() => pool.RunAsync(method, 1))).ShouldContain(name);
        (await RefusedAsync(() => pool.RunAsync(static path => Activator.CreateInstance(Assembly.LoadFrom(path).GetType("Tool")!)!, file)))
            .ShouldSatisfyAllConditions(text => text.ShouldContain("result"), text => text.ShouldContain(name));

        // Loaded in the task, and values of the program's own types: the way out.
        (await pool.RunAsync(
            static path => (int)Assembly.LoadFrom(path).GetType("Tool")!.GetMethod("Twice")!.Invoke(
                Activator.CreateInstance(Assembly.LoadFrom(path).GetType("Tool")!), [21])!,
            file,
            cancellationToken: Token)).ShouldBe(42);
    }

    private static async Task<string> RefusedAsync(Func<Task> call) => (await Should.ThrowAsync<NotSerializableException>(call)).Message;

    private static void Write(string file)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(Path.GetFileNameWithoutExtension(file)), typeof(object).Assembly);
        var type = assembly.DefineDynamicModule("Plugin").DefineType("Tool", TypeAttributes.Public);
        type.DefineDefaultConstructor(MethodAttributes.Public);
        var code = type.DefineMethod("Twice", MethodAttributes.Public, typeof(int), [typeof(int)]).GetILGenerator();
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Dup);
        code.Emit(OpCodes.Add);
        code.Emit(OpCodes.Ret);
        type.CreateType();
        assembly.Save(file);
    }

    private sealed class Holder
    {
        public object[] Inner { get; set; } = [];
    }
}
