using System.Reflection;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

/// <summary>Every exception type of the shared framework that has a constructor crosses: as what it is, or as text with a reason.</summary>
public class FrameworkExceptionSweepTests : ProcessTest
{
    /// <summary>Compiler and designer types that no program meets have none; most have three.</summary>
    private const int LeastTypes = 150;

    [Fact]
    public void Each_crosses_in_a_message()
    {
        var all = All();
        all.Count.ShouldBeGreaterThan(LeastTypes);
        foreach (var exception in all)
        {
            Check(exception, Message.RoundTripException(exception));
        }

        var kept = all.Count(static exception => Message.RoundTripException(exception).GetType() == exception.GetType());
        TestContext.Current.TestOutputHelper?.WriteLine($"{all.Count} types, {kept} of them rebuilt as what they are");
        (all.Count - kept).ShouldBeLessThan(10, "nearly all are rebuilt as what they are");
    }

    [Fact]
    public Task Each_crosses_from_a_pool() => Watchdog.Run(
        async () =>
        {
            var names = All().Select(static exception => exception.GetType().AssemblyQualifiedName!).ToArray();
            await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 2 });
            var outcomes = await pool.MapOutcomesAsync(names, static name => Throw(name));
            foreach (var (name, outcome) in names.Zip(outcomes))
            {
                var error = outcome.Error.ShouldNotBeNull(name);
                TypeOf(error).ShouldBe(Type.GetType(name)!.FullName);
                error.ToString().ShouldContain(nameof(Throw), Case.Sensitive, name);
            }

            foreach (var name in names)
            {
                TypeOf((await Should.ThrowAsync<Exception>(() => pool.RunAsync(() => Throw(name)))).ShouldNotBeNull()).ShouldBe(Type.GetType(name)!.FullName);
            }
        },
        TimeSpan.FromMinutes(5));

    /// <summary>One of every namespace, because each needs a process.</summary>
    [Fact]
    public Task One_of_each_namespace_crosses_from_a_child() => Watchdog.Run(
        () =>
        {
            var names = All().GroupBy(static exception => exception.GetType().Namespace).Select(static group => group.First().GetType().AssemblyQualifiedName!).ToArray();
            foreach (var name in names)
            {
                TypeOf(ChildProcess.Run(() => Throw(name), Ends.Quiet).TakeFailure().ShouldNotBeNull()).ShouldBe(Type.GetType(name)!.FullName);
            }
        },
        TimeSpan.FromMinutes(5));

    private static string? TypeOf(Exception error) => error is RemoteException remote ? remote.TypeName : error.GetType().FullName;

    private static int Throw(string name) => throw (Make(Type.GetType(name, throwOnError: true)!) ?? throw new MissingMethodException(name));

    private static void Check(Exception original, Exception copy)
    {
        TypeOf(copy).ShouldBe(original.GetType().FullName);
        (copy as RemoteException)?.RebuildFailure.ShouldNotBeEmpty();
        ((copy as RemoteException)?.RemoteMessage ?? copy.Message).ShouldBe(original.Message);
    }

    private static List<Exception> All()
    {
        var directory = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return
        [
            .. Directory.GetFiles(directory, "*.dll").Order(StringComparer.Ordinal).Select(Load).Where(static assembly => assembly is not null)
                .SelectMany(static assembly => assembly!.GetExportedTypes())
                .Where(static type => typeof(Exception).IsAssignableFrom(type) && type is { IsAbstract: false, ContainsGenericParameters: false })
                .Select(Make).OfType<Exception>(),
        ];
    }

    private static Assembly? Load(string file)
    {
        try
        {
            return Assembly.Load(AssemblyName.GetAssemblyName(file));
        }
        catch (BadImageFormatException)
        {
            return null; // a native library
        }
    }

    private static Exception? Make(Type type)
    {
        foreach (var constructor in type.GetConstructors().OrderByDescending(static constructor => constructor.GetParameters().Length <= 2).ThenBy(Rank))
        {
            try
            {
                return (Exception)constructor.Invoke([.. constructor.GetParameters().Select(static parameter => Argument(parameter.ParameterType))]);
            }
            catch (Exception)
            {
                // This constructor wants other arguments.
            }
        }

        return null;
    }

    private static int Rank(ConstructorInfo constructor) => constructor.GetParameters() is [{ ParameterType: var only }] && only == typeof(string) ? 0 : constructor.GetParameters().Length;

    private static object? Argument(Type type) =>
        type == typeof(string) ? "words"
        : type == typeof(Exception) ? new TimeoutException("inner")
        : type == typeof(Exception[]) ? new Exception[] { new TimeoutException("inner") }
        : type == typeof(IEnumerable<Exception>) ? new Exception[] { new TimeoutException("inner") }
        : type.IsValueType ? Activator.CreateInstance(type)
        : null;
}
