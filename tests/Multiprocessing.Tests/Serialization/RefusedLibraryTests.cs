using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

/// <summary>Whole types that belong to their process, of this library and of those that it does not refer to, are refused with a way out of their own and not over a field.</summary>
public class RefusedLibraryTests
{
    private static readonly ModuleBuilder Module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Libraries"), AssemblyBuilderAccess.Run).DefineDynamicModule("m");

    private sealed class Box
    {
        public object? Content { get; set; }
    }

    /// <summary>What a program has of its own.</summary>
    private sealed class Services : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    private sealed class OwnFactory : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => NullLogger.Instance;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    private class OrderService(object culprit)
    {
        private readonly object _culprit = culprit;
        private readonly int _rate = 3;
        private readonly string _name = "n";

        public string Title { get; set; } = "t";

        private int Half => _rate / 2;

        public Func<int> UsesField() => () => _rate;

        public Func<int> UsesFieldAndLocal(int factor) => () => _rate * factor;

        public Func<object> UsesCulprit() => () => _culprit;

        public Func<string> UsesMany() => () => Title + _rate + Half + _name + Describe() + ToString();

        public Func<int> UsesInNestedLambda() => () => new[] { 1 }.Select(item => item * _rate).Sum();

        public Func<Task<int>> UsesInAsync() => async () =>
        {
            await Task.Yield();
            return _rate;
        };

        public Func<int> UsesInLocalFunction()
        {
            int Local() => _rate;
            return () => Local();
        }

        public Func<string> UsesBase() => () => base.ToString()!;

        public Func<string> MethodGroup() => Describe;

        public Func<int> UsesTwoScopes(int factor)
        {
            Func<int>? body = null;
            for (var i = 0; i < 1; i++)
            {
                var inner = i;
                body = () => inner + factor + _rate;
            }

            return body!;
        }

        public string Describe() => $"{_name}{_culprit}";
    }

    public static TheoryData<string> Names() => [.. Refusals.Libraries.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_is_refused_with_its_own_way_out_and_so_is_what_derives_from_it(string name)
    {
        var wayOut = Refusals.Libraries[name];
        var type = Type.GetType(name) ?? typeof(ProcessPool).Assembly.GetType(name) ?? Make(name);
        Refusals.Of(type).ShouldBe(wayOut);
        if (type.IsSealed || type.Assembly != Module.Assembly)
        {
            return;
        }

        // One of the program's own, with a field that could not cross either.
        var derived = Module.DefineType($"Own{Guid.NewGuid():N}", TypeAttributes.Public, type.IsInterface ? typeof(object) : type, type.IsInterface ? [type] : []);
        derived.DefineField("_socket", typeof(System.Net.Sockets.Socket), FieldAttributes.Private);
        var error = Message.Refused(new Box { Content = Activator.CreateInstance(derived.CreateType()) });
        error.Suggestion.ShouldBe(wayOut);
        error.Path.ShouldBe("item -> property 'Content'");
    }

    [Fact]
    public void Types_that_are_here_are_refused_as_a_whole()
    {
        using var pool = new Disposing(new ProcessPool(new() { Workers = 1 }));
        using var factory = new OwnFactory();
        Message.Refused(new Box { Content = pool.Pool }).Suggestion.ShouldContain("create a pool in the child");
        Message.Refused(new Box { Content = factory }).Suggestion.ShouldContain("A task of a ProcessPool can log to it");
        Message.Refused(new Box { Content = new Logger<RefusedLibraryTests>(factory) }).Suggestion.ShouldContain("A pool's initializer logs by MultiprocessingLogging.Factory");
        Message.Refused(new Box { Content = new Services() }).Suggestion.ShouldContain("pass the data");
        Message.Refused(new Box { Content = TestContext.Current }).Suggestion.ShouldContain("ProcessOutput.ToLines");
        Message.Refused(new Box { Content = TestContext.Current.TestOutputHelper }).Suggestion.ShouldContain("ProcessOutput.ToLines");
    }

    [Fact]
    public void Loggers_that_write_nothing_cross()
    {
        Message.RoundTrip(new Box { Content = NullLogger.Instance }).Content.ShouldBeOfType<NullLogger>();
        Message.RoundTrip(new Box { Content = NullLoggerFactory.Instance }).Content.ShouldBeOfType<NullLoggerFactory>();
        Message.RoundTrip(new Box { Content = NullLogger<Box>.Instance }).Content.ShouldBeOfType<NullLogger<Box>>();
    }

    [Fact]
    public void A_captured_this_names_the_members_that_the_body_uses()
    {
        using var culprit = new Disposing(new ProcessPool(new() { Workers = 1 }));
        var service = new OrderService(culprit.Pool);
        const string Copy = "copy what you need to a local variable first";
        var simple = Message.Refused(service.UsesField(), "body");
        simple.Path.ShouldBe("captured 'this' (Multiprocessing.Tests.Serialization.RefusedLibraryTests.OrderService) -> field '_culprit'");
        simple.Suggestion.ShouldBe(
            "A pool belongs to the process that created it; submit its tasks there, or create a pool in the child. "
            + "The body captured 'this' because it uses '_rate': copy what you need to a local variable first; then the rest of the object does not cross.");
        foreach (var (body, members) in new (Delegate Body, string Members)[]
        {
            (service.UsesFieldAndLocal(2), "'_rate'"), (service.UsesInNestedLambda(), "'_rate'"), (service.UsesInAsync(), "'_rate'"), (service.UsesInLocalFunction(), "'_rate'"),
            (service.UsesTwoScopes(2), "'_rate'"), (service.UsesMany(), "'Title', '_rate', 'Half', '_name' and others"),
        })
        {
            var error = Message.Refused<object>(body, "body");
            error.Suggestion.ShouldContain($"because it uses {members}");
            error.Suggestion.ShouldContain(Copy);
        }

        Message.Refused(service.UsesBase(), "body").Suggestion.ShouldContain("the object whose class contains it");

        // Copying would not help with the culprit itself.
        var itself = Message.Refused(service.UsesCulprit(), "body");
        itself.Suggestion.ShouldEndWith("The body captured 'this' because it uses '_culprit'.");
        Message.Refused(service.MethodGroup(), "body").Suggestion.ShouldEndWith(
            "The object crosses because its method 'Describe' is the body; use a static method, or a lambda over local variables that hold what it needs.");
    }

    /// <summary>A type with that full name, a class or an interface as its name says.</summary>
    private static Type Make(string name)
    {
        var simple = name[(name.LastIndexOf('.') + 1)..];
        var isInterface = simple.Length > 1 && simple[0] == 'I' && char.IsUpper(simple[1]);
        var type = Module.DefineType(name, TypeAttributes.Public | (isInterface ? TypeAttributes.Interface | TypeAttributes.Abstract : TypeAttributes.Class));
        if (!isInterface)
        {
            type.DefineDefaultConstructor(MethodAttributes.Public);
        }

        if (simple.Contains('`', StringComparison.Ordinal))
        {
            var parameters = type.DefineGenericParameters([.. Enumerable.Range(0, simple[^1] - '0').Select(static number => "T" + number)]);
            return type.CreateType().MakeGenericType([.. parameters.Select(static _ => typeof(int))]);
        }

        return type.CreateType();
    }

    /// <summary>Ends a pool that did nothing.</summary>
    private sealed class Disposing(ProcessPool pool) : IDisposable
    {
        public ProcessPool Pool { get; } = pool;

        public void Dispose() => Pool.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
