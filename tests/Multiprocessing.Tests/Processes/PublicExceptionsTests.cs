using System.Net;
using System.Reflection;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Programs that test their own handlers can make every exception of the library, with all its properties.</summary>
public class PublicExceptionsTests : ProcessTest
{
    private static readonly Type[] Types = [.. typeof(ChildProcess).Assembly.GetExportedTypes().Where(static type => type.IsAssignableTo(typeof(Exception)) && !type.IsAbstract)];

    private static readonly ExitStatus Status = new() { Signal = 9, Reason = ExitReason.Signaled };

    public static TheoryData<Type> All => [.. Types];

    private static PropertyInfo[] OwnProperties(Type type) =>
        [.. type.GetProperties().Where(static property => property.DeclaringType!.Assembly == typeof(ChildProcess).Assembly)];

    private static object? ValueFor(ParameterInfo parameter) => parameter.ParameterType switch
    {
        { } type when type == typeof(string) => $"some {parameter.Name}",
        { } type when type == typeof(int) => 4711,
        { } type when type == typeof(long) => 815L,
        { } type when type == typeof(bool) => true,
        { } type when type == typeof(Type) => typeof(Thread),
        { } type when type == typeof(ExitStatus) => Status,
        { } type when type == typeof(Exception) => new FormatException("inner"),
        { } type when type == typeof(IReadOnlyList<Exception>) => new Exception[] { new FormatException("first"), new TimeoutException("second") },
        { } type when type == typeof(IReadOnlyList<SupervisorRestart>) => new[] { new SupervisorRestart("child", DateTimeOffset.UnixEpoch, null) },
        { } type when type == typeof(ReadOnlyMemory<byte>) => (ReadOnlyMemory<byte>)new byte[] { 1, 2, 3 },
        { } type when type == typeof(AuthenticationFailure) => AuthenticationFailure.Key,
        { } type when type == typeof(EndPoint) => new IPEndPoint(IPAddress.Loopback, 4711),
        var type => throw new NotSupportedException($"Say here what a {type} may be."),
    };

    private static Exception Make(Type type, out (ParameterInfo Parameter, object? Value)[] arguments)
    {
        var constructor = type.GetConstructors().MaxBy(static constructor => constructor.GetParameters().Length);
        constructor.ShouldNotBeNull($"{type} has no public constructor.");
        arguments = [.. constructor.GetParameters().Select(static parameter => (parameter, ValueFor(parameter)))];
        var made = (Exception)constructor.Invoke([.. arguments.Select(static argument => argument.Value)]);
        foreach (var property in OwnProperties(type).Where(static property => property.SetMethod is { IsPublic: true }))
        {
            property.SetValue(made, $"some {property.Name}"); // what an object initializer does
        }

        return made;
    }

    private static void ShouldBeAlike(Exception actual, Exception expected)
    {
        actual.ShouldBeOfType(expected.GetType());
        actual.Message.ShouldBe(expected.Message);
        actual.InnerException?.Message.ShouldBe(expected.InnerException?.Message);
        foreach (var property in OwnProperties(expected.GetType()))
        {
            if (property.GetValue(expected) is IEnumerable<Exception> several)
            {
                ((IEnumerable<Exception>)property.GetValue(actual)!).Select(static one => one.Message).ShouldBe(several.Select(static one => one.Message));
            }
            else if (property.GetValue(expected) is Exception one)
            {
                ((Exception)property.GetValue(actual)!).Message.ShouldBe(one.Message); // a copy
            }
            else if (property.GetValue(expected) is ReadOnlyMemory<byte> bytes)
            {
                ((ReadOnlyMemory<byte>)property.GetValue(actual)!).ToArray().ShouldBe(bytes.ToArray());
            }
            else
            {
                property.GetValue(actual).ShouldBe(property.GetValue(expected), property.Name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_exception_has_a_public_constructor_that_sets_all_its_properties(Type type)
    {
        var exception = Make(type, out var arguments);
        exception.Message.ShouldNotBeNullOrEmpty();
        foreach (var property in OwnProperties(type))
        {
            if (property.SetMethod is { IsPublic: true })
            {
                property.GetValue(exception).ShouldBe($"some {property.Name}");
                continue;
            }

            var argument = arguments.SingleOrDefault(argument => string.Equals(argument.Parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase));
            argument.Parameter.ShouldNotBeNull($"No constructor of {type.Name} sets {property.Name}.");
            property.GetValue(exception).ShouldBe(argument.Value, property.Name);
        }
    }

    [Fact]
    public Task Every_exception_crosses_as_a_value_and_as_what_ended_a_body() => Watchdog.Run(async () =>
    {
        Types.Length.ShouldBeGreaterThan(12);
        await using var pool = new ProcessPool(new() { Workers = 1 });
        foreach (var type in Types)
        {
            var exception = Make(type, out _);
            ShouldBeAlike(await pool.RunAsync(static value => value, exception), exception);
            ShouldBeAlike(await Should.ThrowAsync<Exception>(() => pool.RunAsync(static value => { throw value; }, exception)), exception);
        }
    });

    [Fact]
    public void What_reports_a_death_has_one_base()
    {
        var deaths = Types.Where(static type => type.GetProperty("ExitStatus") is { } status && status.PropertyType == typeof(ExitStatus)
            && type != typeof(BrokenBarrierException) && type != typeof(ConnectionClosedException)); // the end of a stream, which a death may be the reason of
        deaths.ShouldBe(
            [typeof(ProcessDiedException), typeof(WorkerDiedException), typeof(ItemsLostException), typeof(QueueAbandonedException), typeof(ServiceDiedException)], ignoreOrder: true);
        deaths.ShouldAllBe(static type => type.IsAssignableTo(typeof(ProcessDiedException)));
        new BrokenBarrierException("broken", 5, Status).InnerException.ShouldBeOfType<ProcessDiedException>().ProcessId.ShouldBe(5);
        new BrokenBarrierException("aborted", 5).InnerException.ShouldBeNull();
        Should.Throw<ArgumentNullException>(() => new ProcessDiedException(1, "name", null!));
    }
}
