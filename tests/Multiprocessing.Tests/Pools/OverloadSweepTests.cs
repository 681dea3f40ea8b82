using System.Reflection;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// Each member of the overload families is called once: every number of arguments, every kind of body, with and without the state and the token,
/// which arrive in the order that the signature says.
/// </summary>
public class OverloadSweepTests : ProcessTest
{
    private const int State = 100_000;
    private const int TokenGiven = 1_000_000;

    private static readonly int[] Digits = [1, 20, 300, 4_000];

    /// <summary>What a body has received, as one number.</summary>
    private static class Values
    {
        /// <summary>Where a body without a result writes its values; each process gets it from its initializer.</summary>
        public static SharedValue<int>? Told { get; set; }

        public static int Sum(long state, CancellationToken? token, params int[] arguments)
        {
            arguments.ShouldBe(Digits[..arguments.Length]);
            return (int)state + (token is { CanBeCanceled: true } ? TokenGiven : 0) + arguments.Sum();
        }

        public static TReturn Return<TReturn>(int value) => (TReturn)(typeof(TReturn) switch
        {
            { } type when type == typeof(int) => (object)value,
            { } type when type == typeof(Task) => Later(value),
            { } type when type == typeof(ValueTask) => new ValueTask(Later(value)),
            { } type when type == typeof(Task<int>) => Later(value),
            { } type when type == typeof(ValueTask<int>) => new ValueTask<int>(Later(value)),
            var type => throw new NotSupportedException($"{type}"),
        });

        public static void Tell(int value) => Told!.Exchange(value);

        private static async Task<int> Later(int value)
        {
            await Task.Yield();
            Tell(value);
            return value;
        }
    }

    private static TReturn Function0<TReturn>() => Values.Return<TReturn>(Values.Sum(0, null));

    private static void Action0() => Values.Tell(Values.Sum(0, null));

    private static TReturn Function1<TReturn>(int a1) => Values.Return<TReturn>(Values.Sum(0, null, a1));

    private static void Action1(int a1) => Values.Tell(Values.Sum(0, null, a1));

    private static TReturn Function2<TReturn>(int a1, int a2) => Values.Return<TReturn>(Values.Sum(0, null, a1, a2));

    private static void Action2(int a1, int a2) => Values.Tell(Values.Sum(0, null, a1, a2));

    private static TReturn Function3<TReturn>(int a1, int a2, int a3) => Values.Return<TReturn>(Values.Sum(0, null, a1, a2, a3));

    private static void Action3(int a1, int a2, int a3) => Values.Tell(Values.Sum(0, null, a1, a2, a3));

    private static TReturn Function4<TReturn>(int a1, int a2, int a3, int a4) => Values.Return<TReturn>(Values.Sum(0, null, a1, a2, a3, a4));

    private static void Action4(int a1, int a2, int a3, int a4) => Values.Tell(Values.Sum(0, null, a1, a2, a3, a4));

    private static TReturn FunctionToken0<TReturn>(CancellationToken token) => Values.Return<TReturn>(Values.Sum(0, token));

    private static void ActionToken0(CancellationToken token) => Values.Tell(Values.Sum(0, token));

    private static TReturn FunctionToken1<TReturn>(int a1, CancellationToken token) => Values.Return<TReturn>(Values.Sum(0, token, a1));

    private static void ActionToken1(int a1, CancellationToken token) => Values.Tell(Values.Sum(0, token, a1));

    private static TReturn FunctionToken2<TReturn>(int a1, int a2, CancellationToken token) => Values.Return<TReturn>(Values.Sum(0, token, a1, a2));

    private static void ActionToken2(int a1, int a2, CancellationToken token) => Values.Tell(Values.Sum(0, token, a1, a2));

    private static TReturn FunctionToken3<TReturn>(int a1, int a2, int a3, CancellationToken token) => Values.Return<TReturn>(Values.Sum(0, token, a1, a2, a3));

    private static void ActionToken3(int a1, int a2, int a3, CancellationToken token) => Values.Tell(Values.Sum(0, token, a1, a2, a3));

    private static TReturn FunctionToken4<TReturn>(int a1, int a2, int a3, int a4, CancellationToken token) => Values.Return<TReturn>(Values.Sum(0, token, a1, a2, a3, a4));

    private static void ActionToken4(int a1, int a2, int a3, int a4, CancellationToken token) => Values.Tell(Values.Sum(0, token, a1, a2, a3, a4));

    private static TReturn FunctionState0<TReturn>(long state) => Values.Return<TReturn>(Values.Sum(state, null));

    private static void ActionState0(long state) => Values.Tell(Values.Sum(state, null));

    private static TReturn FunctionState1<TReturn>(long state, int a1) => Values.Return<TReturn>(Values.Sum(state, null, a1));

    private static void ActionState1(long state, int a1) => Values.Tell(Values.Sum(state, null, a1));

    private static TReturn FunctionState2<TReturn>(long state, int a1, int a2) => Values.Return<TReturn>(Values.Sum(state, null, a1, a2));

    private static void ActionState2(long state, int a1, int a2) => Values.Tell(Values.Sum(state, null, a1, a2));

    private static TReturn FunctionState3<TReturn>(long state, int a1, int a2, int a3) => Values.Return<TReturn>(Values.Sum(state, null, a1, a2, a3));

    private static void ActionState3(long state, int a1, int a2, int a3) => Values.Tell(Values.Sum(state, null, a1, a2, a3));

    private static TReturn FunctionState4<TReturn>(long state, int a1, int a2, int a3, int a4) => Values.Return<TReturn>(Values.Sum(state, null, a1, a2, a3, a4));

    private static void ActionState4(long state, int a1, int a2, int a3, int a4) => Values.Tell(Values.Sum(state, null, a1, a2, a3, a4));

    private static TReturn FunctionStateToken0<TReturn>(long state, CancellationToken token) => Values.Return<TReturn>(Values.Sum(state, token));

    private static void ActionStateToken0(long state, CancellationToken token) => Values.Tell(Values.Sum(state, token));

    private static TReturn FunctionStateToken1<TReturn>(long state, int a1, CancellationToken token) => Values.Return<TReturn>(Values.Sum(state, token, a1));

    private static void ActionStateToken1(long state, int a1, CancellationToken token) => Values.Tell(Values.Sum(state, token, a1));

    private static TReturn FunctionStateToken2<TReturn>(long state, int a1, int a2, CancellationToken token) => Values.Return<TReturn>(Values.Sum(state, token, a1, a2));

    private static void ActionStateToken2(long state, int a1, int a2, CancellationToken token) => Values.Tell(Values.Sum(state, token, a1, a2));

    private static TReturn FunctionStateToken3<TReturn>(long state, int a1, int a2, int a3, CancellationToken token) => Values.Return<TReturn>(Values.Sum(state, token, a1, a2, a3));

    private static void ActionStateToken3(long state, int a1, int a2, int a3, CancellationToken token) => Values.Tell(Values.Sum(state, token, a1, a2, a3));

    private static TReturn FunctionStateToken4<TReturn>(long state, int a1, int a2, int a3, int a4, CancellationToken token) => Values.Return<TReturn>(Values.Sum(state, token, a1, a2, a3, a4));

    private static void ActionStateToken4(long state, int a1, int a2, int a3, int a4, CancellationToken token) => Values.Tell(Values.Sum(state, token, a1, a2, a3, a4));

    private static MethodInfo[] MembersOf(Type type, params string[] names) =>
        [.. type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(method => names.Contains(method.Name)).Select(WithTypes)];

    private static MethodInfo WithTypes(MethodInfo method) =>
        method.IsGenericMethodDefinition ? method.MakeGenericMethod([.. method.GetGenericArguments().Select(static _ => typeof(int))]) : method;

    /// <summary>The delegate that a member takes, made of the method above that has its parameters; and what the body receives.</summary>
    private static Delegate BodyFor(Type type, out int received)
    {
        var invoke = type.GetMethod("Invoke")!;
        var parameters = invoke.GetParameters().Select(static parameter => parameter.ParameterType).ToList();
        var hasState = parameters.Remove(typeof(long));
        var hasToken = parameters.Remove(typeof(CancellationToken));
        var isAction = invoke.ReturnType == typeof(void);
        var name = $"{(isAction ? "Action" : "Function")}{(hasState ? "State" : "")}{(hasToken ? "Token" : "")}{parameters.Count}";
        var method = typeof(OverloadSweepTests).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
        received = (hasState ? State : 0) + (hasToken ? TokenGiven : 0) + Digits[..parameters.Count].Sum();
        return Delegate.CreateDelegate(type, isAction ? method : method.MakeGenericMethod(invoke.ReturnType));
    }

    private static object?[] ArgumentsFor(MethodInfo member, Delegate body, ChildProcessOptions? options, IProcessPool? pool)
    {
        var given = 0;
        return [.. member.GetParameters().Select(parameter => parameter.ParameterType switch
        {
            { } type when type.IsAssignableTo(typeof(Delegate)) => body,
            { } type when type == typeof(int) => Digits[given++],
            { } type when type == typeof(IEnumerable<int>) => new[] { 1 },
            { } type when type == typeof(IEnumerable<(int, int)>) => new[] { (1, 20) },
            { } type when type == typeof(IEnumerable<(int, int, int)>) => new[] { (1, 20, 300) },
            { } type when type == typeof(IAsyncEnumerable<int>) => Later(1),
            { } type when type == typeof(IAsyncEnumerable<(int, int)>) => Later((1, 20)),
            { } type when type == typeof(IAsyncEnumerable<(int, int, int)>) => Later((1, 20, 300)),
            { } type when type == typeof(CancellationToken) => CancellationToken.None,
            { } type when type == typeof(IProcessPool) => pool,
            { } type when type == typeof(ChildProcessOptions) => options,
            _ => (object?)null,
        })];
    }

    private static async IAsyncEnumerable<T> Later<T>(T item)
    {
        await Task.Yield();
        yield return item;
    }

    /// <summary>The one result; null if the member returns none.</summary>
    private static async Task<int?> ResultOf(object returned)
    {
        switch (returned)
        {
            case Task<int> task:
                return await task;
            case Task<int[]> task:
                return (await task).Single();
            case Task<Outcome<int>[]> task:
                return (await task).Single().Result;
            case Task task:
                await task;
                return null;
            case IAsyncEnumerable<int> stream:
                return await stream.SingleAsync();
            case IAsyncEnumerable<Outcome<int>> stream:
                return (await stream.SingleAsync()).Result;
            case ChildProcess<int> child:
                return child.OnceStarted().Take();
            case ChildProcess child:
                using (child)
                {
                    child.OnceStarted().Wait();
                    return null;
                }

            default:
                throw new NotSupportedException($"{returned.GetType()}");
        }
    }

    private static async Task Call(MethodInfo member, object? target, SharedValue<int> told, ChildProcessOptions? options = null)
    {
        told.Exchange(-1);
        var body = BodyFor(member.GetParameters().Select(static parameter => parameter.ParameterType).Single(static type => type.IsAssignableTo(typeof(Delegate))), out var received);
        var result = await ResultOf(member.Invoke(target, BindingFlags.DoNotWrapExceptions, null, ArgumentsFor(member, body, options, target as IProcessPool), null)!);
        (result ?? told.Value).ShouldBe(received, $"{member}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public Task Every_member_of_the_pools_calls_its_body_with_what_it_was_given(int workers) => Watchdog.Run(async () =>
    {
        using var told = new SharedValue<int>();
        string[] names = ["RunAsync", "MapAsync", "MapOutcomesAsync", "StreamAsync", "StreamOutcomesAsync", "ForEachAsync"];
        await using var pool = new ProcessPool<long>(static () => State, new() { Workers = workers, Initializer = () => Values.Told = told });
        var ofPool = MembersOf(typeof(ProcessPool), names);
        var ofState = MembersOf(typeof(ProcessPool<long>), names);
        ofPool.Length.ShouldBe(66 + 144);
        ofState.Length.ShouldBe(66 + 48);
        var ofInterface = MembersOf(typeof(ProcessPoolExtensions), names).Where(static member => member.IsPublic).ToArray();
        ofInterface.Length.ShouldBe(ofPool.Length);
        foreach (var member in ofPool.Concat(ofState).Concat(ofInterface))
        {
            await Call(member, pool, told);
        }
    });

    [Theory]
    [InlineData("Run")]
    [InlineData("Create")]
    public Task Every_member_of_ChildProcess_calls_its_body_with_what_it_was_given(string name) => Watchdog.Run(async () =>
    {
        var members = MembersOf(typeof(ChildProcess), name);
        members.Length.ShouldBe(60);
        await Parallel.ForEachAsync(members, new ParallelOptions { MaxDegreeOfParallelism = 4 }, static async (member, _) =>
        {
            using var told = new SharedValue<int>();
            await Call(member, null, told, new ChildProcessOptions { Initializer = () => Values.Told = told });
        });
    });

    protected override void BeforeLook()
    {
        Values.Told = null; // set by the tasks that ran in this process
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}

internal static class OnceStarting
{
    /// <summary>Starts what was only created.</summary>
    public static T OnceStarted<T>(this T child)
        where T : ChildProcess
    {
        if (child.State == ProcessState.Created)
        {
            child.Start();
        }

        return child;
    }
}
