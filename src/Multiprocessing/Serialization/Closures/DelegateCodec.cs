using System.Reflection;

namespace Multiprocessing;

/// <summary>
/// A delegate: its method by name, its target as an object. The body of the target is deferred, because it may contain the delegate itself.
/// </summary>
internal sealed class DelegateCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked | CodecTraits.HeadRefers)
{
    private readonly ConstructorInfo? _constructor = type.GetConstructor([typeof(object), typeof(nint)]);
    private readonly int _parameters = type.GetMethod("Invoke")?.GetParameters().Length ?? 0;

    private enum Shape : byte
    {
        /// <summary>No target: a static method, or an instance method open on its first argument.</summary>
        Open,

        /// <summary>A target, or a static method closed over its first argument.</summary>
        Closed,

        /// <summary>A lambda that captures nothing: its target is the one instance of a class of the compiler in each process.</summary>
        Singleton,

        /// <summary>A multicast delegate: several, in order.</summary>
        Several,

        /// <summary>The type of the target overrides the method: <c>base.M</c> as a method group.</summary>
        Base,

        /// <summary>Closed over null: an extension method of a null reference as a method group.</summary>
        Null,
    }

    public override void WriteHead(GraphWriter writer, object value)
    {
        var whole = (Delegate)value;
        if (!whole.HasSingleTarget)
        {
            var parts = whole.GetInvocationList();
            writer.Out.WriteByte((byte)Shape.Several);
            writer.Out.WriteVarint((uint)parts.Length);
            foreach (var part in parts)
            {
                WriteOne(writer, part);
            }

            return;
        }

        WriteOne(writer, whole);
    }

    public override object Create(GraphReader reader)
    {
        var shape = (Shape)reader.ReadByte();
        if (shape != Shape.Several)
        {
            return ReadOne(reader, shape);
        }

        var parts = new Delegate[reader.ReadLength()];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = ReadOne(reader, (Shape)reader.ReadByte());
        }

        return Delegate.Combine(parts) ?? throw GraphReader.Torn();
    }

    public override Refusal? Refuse(object value, in WriteContext context)
    {
        foreach (var part in ((Delegate)value).GetInvocationList())
        {
            if ((RefuseCode(part.Method, part.Target) ?? RefuseOrigin(part.Method)) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    public override IEnumerable<PathStep> Children(object value)
    {
        foreach (var part in ((Delegate)value).GetInvocationList())
        {
            if (part.Target is not { } target || SingletonTarget.Of(target.GetType()) is not null)
            {
                continue;
            }

            if (CodecTable.For(target.GetType()) is ClosureCodec closure)
            {
                foreach (var step in ClosuresSteps(closure, target, part.Method))
                {
                    yield return step;
                }
            }
            else
            {
                yield return part.Method.Name.StartsWith('<')
                    ? new PathStep(
                        $"captured 'this' ({TypeText.Of(target.GetType())})", target, next => ThisUse.Hint(part.Method, target.GetType(), next))
                    : new PathStep($"target ({TypeText.Of(target.GetType())})", target, _ => ThisUse.MethodGroupHint(part.Method));
            }
        }
    }

    /// <summary>Returns what a body reads from its closure and from the enclosing closures.</summary>
    private static IEnumerable<PathStep> ClosuresSteps(ClosureCodec closure, object target, MethodInfo body)
    {
        foreach (var step in closure.Children(target, ClosureUse.Of(body)))
        {
            if (step.Value is not { } value)
            {
                continue;
            }

            if (step.Label is null && CodecTable.For(value.GetType()) is ClosureCodec enclosing)
            {
                foreach (var inner in ClosuresSteps(enclosing, value, body))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return step.Label?.StartsWith("captured 'this'", StringComparison.Ordinal) == true
                    ? step with { Hint = next => ThisUse.Hint(body, value.GetType(), next) }
                    : step;
            }
        }
    }

    private void WriteOne(GraphWriter writer, Delegate part)
    {
        var method = part.Method;
        var target = part.Target;
        if (RefuseCode(method, target) is { } refusal)
        {
            throw new CannotCrossException(refusal, part);
        }

        if (HotReload.IsUpdated && HotReload.Refuse(method) is { } change)
        {
            throw new CannotCrossException(new Refusal(Type, change), part);
        }

        NameEntry name;
        try
        {
            name = NameTable.Of(method);
        }
        catch (CannotCrossException) when (RefuseOrigin(method) is not null)
        {
            throw new CannotCrossException(RefuseOrigin(method)!, part); // the delegate is the culprit, not its method
        }

        var shape = ShapeOf(method, target);
        writer.Out.WriteByte((byte)shape);
        writer.WriteName(name);
        if (shape is not (Shape.Closed or Shape.Base))
        {
            return;
        }

        var slot = ReferenceSlot.Object;
        if (slot.CodecOf(writer, target!) is ClosureCodec closure)
        {
            var use = ClosureUse.Of(method);
            use.WarnOfAssignments(method);
            writer.WriteClosure(target!, closure, slot, use.Alone);
        }
        else
        {
            if (method.Name.StartsWith('<'))
            {
                ClosureUse.Of(method).WarnOfAssignments(method);
            }

            writer.WriteReference(target, slot, later: true);
        }
    }

    private Shape ShapeOf(MethodInfo method, object? target)
    {
        if (target is null)
        {
            return IsClosed(method) ? Shape.Null : Shape.Open;
        }

        return SingletonTarget.Of(target.GetType()) is { } instance && ReferenceEquals(instance, target) ? Shape.Singleton
            : IsOverridden(method, target) ? Shape.Base
            : Shape.Closed;
    }

    private Delegate ReadOne(GraphReader reader, Shape shape)
    {
        var name = reader.ReadName();
        var method = name.Symbol as MethodInfo ?? throw GraphReader.Torn();
        switch (shape)
        {
            case Shape.Open or Shape.Singleton:
                if (name.Attached is Delegate made && made.GetType() == Type)
                {
                    return made;
                }

                var target = shape == Shape.Open ? null : SingletonTarget.Of(method.DeclaringType!) ?? throw GraphReader.Torn();
                made = target is null ? Delegate.CreateDelegate(Type, method) : Delegate.CreateDelegate(Type, target, method);
                name.Attached = made;
                return made;
            case Shape.Closed:
                return Delegate.CreateDelegate(Type, reader.ReadReference(ReferenceSlot.Object) ?? throw GraphReader.Torn(), method);
            case Shape.Base:
                // Bound by the address of the code, as the compiler does it: CreateDelegate would bind the override. The constructor checks nothing,
                // so the arguments are checked here.
                var owner = reader.ReadReference(ReferenceSlot.Object);
                if (method.IsStatic || !method.DeclaringType!.IsInstanceOfType(owner) || _constructor is null)
                {
                    throw GraphReader.Torn();
                }

                return (Delegate)_constructor.Invoke([owner, method.MethodHandle.GetFunctionPointer()]);
            case Shape.Null:
                return Delegate.CreateDelegate(Type, firstArgument: null, method);
            default:
                throw GraphReader.Torn();
        }
    }

    /// <summary>Returns whether a delegate without a target has a first argument, which is null.</summary>
    private bool IsClosed(MethodInfo method) => method.GetParameters().Length + (method.IsStatic ? 0 : 1) == _parameters + 1;

    /// <summary>
    /// Returns whether the delegate calls a method that the type of its target overrides, which only a delegate to <c>base.M</c> does.
    /// </summary>
    private bool IsOverridden(MethodInfo method, object target) =>
        method is { IsVirtual: true, IsFinal: false }
        && method.DeclaringType != target.GetType()
        && Delegate.CreateDelegate(Type, target, method, throwOnBindFailure: false) is { } bound
        && bound.Method != method;

    private Refusal? RefuseOrigin(MethodInfo method) =>
        AssemblyOrigin.Of(method.Module.Assembly).Suggestion is { } suggestion ? new Refusal(Type, suggestion) : null;

    private Refusal? RefuseCode(MethodInfo method, object? target)
    {
        if (method.GetType().Name.EndsWith("DynamicMethod", StringComparison.Ordinal)
            || target?.GetType().FullName == "System.Runtime.CompilerServices.Closure")
        {
            return new Refusal(
                Type, "Its code was made at run time and exists in this process only; pass a lambda or a method, or compile the expression in the "
                    + "child.");
        }

        return target is null && typeof(Delegate).IsAssignableFrom(method.DeclaringType)
            ? new Refusal(Type, "It calls native code at an address of this process; create it in the child.")
            : null;
    }
}
