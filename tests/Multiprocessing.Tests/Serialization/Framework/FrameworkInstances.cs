using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Multiprocessing.Tests.Serialization;

/// <summary>Makes instances of the framework's types: by hand-made makers, by static members that give one, and by constructors whose arguments can be made.</summary>
internal static class FrameworkInstances
{
    private const int MostPerType = 6;
    private const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly;

    /// <summary>Whose constructors or static members reach outside, wait, or end the process.</summary>
    private static readonly HashSet<string> Untouched =
    [
        "System.Environment", "System.AppDomain", "System.Threading.Thread", "System.Diagnostics.Process", "System.Console", "System.GC",
        "System.Runtime.InteropServices.PosixSignalRegistration", "System.Diagnostics.Debugger", "System.Diagnostics.Switch", "System.Void",
    ];

    /// <summary>The types of the shared framework that can have instances.</summary>
    public static IEnumerable<Type> Types()
    {
        var directory = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        foreach (var file in Directory.GetFiles(directory, "*.dll").Order(StringComparer.Ordinal))
        {
            Assembly assembly;
            try
            {
                assembly = Assembly.Load(new AssemblyName(Path.GetFileNameWithoutExtension(file)));
            }
            catch (Exception error) when (error is BadImageFormatException or FileLoadException or FileNotFoundException)
            {
                // Native, or for another purpose.
                continue;
            }

            foreach (var type in assembly.GetExportedTypes())
            {
                if (!type.IsInterface && !type.IsByRefLike && !(type.IsAbstract && type.IsSealed) && !typeof(Delegate).IsAssignableFrom(type) && !type.IsEnum && !Untouched.Contains(type.FullName!))
                {
                    yield return type;
                }
            }
        }
    }

    /// <summary>Instances of a type with how each was made. A generic one is closed with strings and numbers.</summary>
    public static List<(string How, object Value)> Of(Type type)
    {
        var made = new List<(string, object)>();
        if (type.IsGenericTypeDefinition)
        {
            foreach (var arguments in Arguments(type))
            {
                try
                {
                    AddAll(type.MakeGenericType(arguments), made);
                    if (made.Count > 0)
                    {
                        break;
                    }
                }
                catch (ArgumentException)
                {
                    // Against the constraints.
                }
            }
        }
        else
        {
            AddAll(type, made);
        }

        return made;
    }

    private static IEnumerable<Type[]> Arguments(Type definition)
    {
        var count = definition.GetGenericArguments().Length;
        yield return [.. Enumerable.Repeat(typeof(string), count)];
        yield return [.. Enumerable.Range(0, count).Select(static i => i == 0 ? typeof(string) : typeof(int))];
        yield return [.. Enumerable.Repeat(typeof(int), count)];
    }

    private static void AddAll(Type type, List<(string, object)> made)
    {
        if (FrameworkMakers.Of(type) is { } makers)
        {
            foreach (var make in makers)
            {
                Try(made, "made by hand", make);
            }
        }

        foreach (var property in type.GetProperties(Statics))
        {
            if (made.Count < 3 && type.IsAssignableFrom(property.PropertyType) && property.GetIndexParameters().Length == 0)
            {
                Try(made, property.Name, () => property.GetValue(null));
            }
        }

        foreach (var field in type.GetFields(Statics))
        {
            if (made.Count < 3 && type.IsAssignableFrom(field.FieldType))
            {
                Try(made, field.Name, () => field.GetValue(null));
            }
        }

        foreach (var constructor in (type.IsAbstract ? [] : type.GetConstructors()).OrderBy(static constructor => constructor.GetParameters().Length))
        {
            if (made.Count < MostPerType && !constructor.IsDefined(typeof(ObsoleteAttribute)))
            {
                Try(made, constructor.ToString()!, () => Arguments(constructor) is { } arguments ? Filled(constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null)) : null);
            }
        }

        foreach (var method in type.GetMethods(Statics))
        {
            if (made.Count < MostPerType && type.IsAssignableFrom(method.ReturnType) && !method.IsGenericMethod && !method.IsSpecialName && (method.Name is not ("Open" or "Start" or "Run"))
                && !method.IsDefined(typeof(ObsoleteAttribute)))
            {
                Try(made, method.ToString()!, () => Arguments(method) is { } arguments ? method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null) : null);
            }
        }

        if (made.Count == 0 && type.IsValueType)
        {
            made.Add(("default", Activator.CreateInstance(type)!));
        }
    }

    private static void Try(List<(string, object)> made, string how, Func<object?> make)
    {
        try
        {
            if (make() is { } value)
            {
                made.Add((how, value));
            }
        }
        catch (Exception)
        {
            // It does not like the arguments, or the platform.
        }
    }

    private static object[]? Arguments(MethodBase method)
    {
        var parameters = method.GetParameters();
        var arguments = new object?[parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (parameters.Length > 5 || !TryArgument(parameters[i], out arguments[i]))
            {
                return null;
            }
        }

        return arguments!;
    }

    private static bool TryArgument(ParameterInfo parameter, out object? argument)
    {
        var type = parameter.ParameterType;
        argument = Argument(type, parameter.Name ?? "", 0);
        if (argument is null && parameter.HasDefaultValue)
        {
            argument = parameter.DefaultValue;
            return true;
        }

        return argument is not null;
    }

    private static object? Argument(Type type, string name, int depth)
    {
        if (type.IsByRef || type.IsPointer || type.IsByRefLike || type == typeof(nint) || type == typeof(nuint) || typeof(Delegate).IsAssignableFrom(type))
        {
            return null;
        }

        if (FrameworkMakers.Argument(type, name) is { } made)
        {
            return made;
        }

        if (type.IsEnum)
        {
            return Enum.GetValues(type) is { Length: > 0 } values ? values.GetValue(values.Length / 2) : Activator.CreateInstance(type);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Argument(underlying, name, depth);
        }

        if (type.IsPrimitive || type == typeof(decimal))
        {
            return type == typeof(bool) ? true : type == typeof(char) ? 'c' : Convert.ChangeType(3, type, CultureInfo.InvariantCulture);
        }

        if (type.IsArray && type.GetArrayRank() == 1)
        {
            if (Argument(type.GetElementType()!, name, depth + 1) is not { } element)
            {
                return null;
            }

            var array = Array.CreateInstance(type.GetElementType()!, 1);
            array.SetValue(element, 0);
            return array;
        }

        if (type.IsInterface)
        {
            // Arrays are most of what is asked for.
            return type.IsGenericType && type.GetGenericArguments() is [var item] && Argument(item.MakeArrayType(), name, depth + 1) is { } array && type.IsInstanceOfType(array) ? array
                : type.IsAssignableFrom(typeof(object[])) ? new object[] { "one", 2 }
                : null;
        }

        if (depth > 1)
        {
            return null;
        }

        foreach (var constructor in (type.IsAbstract ? [] : type.GetConstructors()).OrderBy(static constructor => constructor.GetParameters().Length))
        {
            var parameters = constructor.GetParameters();
            var arguments = new object?[parameters.Length];
            var complete = true;
            for (var i = 0; i < arguments.Length && complete; i++)
            {
                complete = (arguments[i] = Argument(parameters[i].ParameterType, parameters[i].Name ?? "", depth + 1)) is not null;
            }

            if (complete)
            {
                try
                {
                    return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
                }
                catch (Exception)
                {
                    // The next one.
                }
            }
        }

        return null;
    }

    /// <summary>Something is put into empty collections, and simple properties are set.</summary>
    private static object Filled(object value)
    {
        var type = value.GetType();
        if (value is IEnumerable items and not string && IsEmpty(items))
        {
            foreach (var text in new[] { "one", "two", "three" })
            {
                foreach (var method in type.GetMethods().Where(static method => method.Name is "Add" or "Enqueue" or "Push" or "AddLast"))
                {
                    var parameters = method.GetParameters();
                    if (parameters.Length is 1 or 2 && !method.IsGenericMethod && Array.TrueForAll(parameters, static parameter => parameter.ParameterType.IsAssignableFrom(typeof(string)) || parameter.ParameterType == typeof(int)))
                    {
                        try
                        {
                            method.Invoke(value, [.. parameters.Select(parameter => parameter.ParameterType == typeof(int) ? (object)text.Length : text)]);
                            break;
                        }
                        catch (TargetInvocationException)
                        {
                            // Read-only, or wants other items.
                        }
                    }
                }
            }
        }

        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            if (property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && property.PropertyType is { } kind && (kind == typeof(string) || kind == typeof(int) || kind == typeof(bool))
                && !property.IsDefined(typeof(ObsoleteAttribute)) && property.Name is not ("EnableRaisingEvents" or "Enabled" or "Capacity" or "Site"))
            {
                try
                {
                    if (kind == typeof(string) && property.GetValue(value) is null)
                    {
                        property.SetValue(value, "set");
                    }
                    else if (kind == typeof(int) && property.GetValue(value) is 0)
                    {
                        property.SetValue(value, 1);
                    }
                }
                catch (Exception)
                {
                    // It wants another value.
                }
            }
        }

        return value;
    }

    private static bool IsEmpty(IEnumerable items)
    {
        try
        {
            return !items.Cast<object?>().Any();
        }
        catch (Exception)
        {
            return false;
        }
    }
}
