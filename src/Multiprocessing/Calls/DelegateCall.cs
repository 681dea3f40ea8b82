using System.Reflection;

namespace Multiprocessing;

/// <summary>A body known only at run time as a delegate, with its arguments as objects; for the constructors, which cannot have type parameters of their own.</summary>
internal sealed class DelegateCall : ChildCall
{
    [PathName(null)]
    private readonly Delegate _body;

    [PathName("arguments")]
    private readonly object?[] _arguments;

    public DelegateCall(Delegate body, params object?[] arguments)
    {
        var parameters = body.GetType().GetMethod("Invoke")!.GetParameters();
        if (parameters.Length != arguments.Length)
        {
            throw new ArgumentException($"The body {body.Method.Name} takes {parameters.Length} arguments, {arguments.Length} were given.", nameof(body));
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            var fits = arguments[i] is { } argument ? type.IsInstanceOfType(argument) : !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
            if (!fits)
            {
                throw new ArgumentException(
                    $"Argument {i + 1} is {arguments[i]?.GetType().ToString() ?? "null"}; the body {body.Method.Name} takes {type} there.", nameof(body));
            }
        }

        _body = body;
        _arguments = arguments;
    }

    public override Delegate Body => _body;

    public override void Run(MessageBuffer result, Action? ended)
    {
        var value = _body.GetType().GetMethod("Invoke")!.Invoke(_body, BindingFlags.DoNotWrapExceptions, binder: null, _arguments, culture: null);
        if (TaskOf(value) is { } task)
        {
            task.GetAwaiter().GetResult();
            value = ResultOf(task);
        }

        ended?.Invoke();
        ValueSerializer.Serialize(result, value, "result");
    }

    private static Task? TaskOf(object? value) => value switch
    {
        Task task => task,
        ValueTask task => task.AsTask(),
        not null when value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ValueTask<>) =>
            (Task)type.GetMethod(nameof(ValueTask<int>.AsTask))!.Invoke(value, null)!,
        _ => null,
    };

    private static object? ResultOf(Task task)
    {
        // An asynchronous method without a result returns Task<VoidTaskResult>, whose result is nobody's business.
        var property = task.GetType().GetProperty(nameof(Task<int>.Result));
        return property is null || property.PropertyType.FullName == "System.Threading.Tasks.VoidTaskResult" ? null : property.GetValue(task);
    }
}
