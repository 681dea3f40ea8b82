using System.Reflection;
using System.Reflection.Emit;

namespace Multiprocessing;

/// <summary>
/// Follows, instruction by instruction, which values on the evaluation stack are captured, and notes each instruction that changes one.
/// </summary>
internal sealed class AssignmentScan
{
    private readonly HashSet<Type> _createdInside = [];
    private readonly List<string> _names = [];

    /// <summary>What an asynchronous body keeps across an await, in fields of its state machine.</summary>
    private readonly Dictionary<string, Slot> _kept = [];

    private readonly Stack<Slot> _stack = new();
    private readonly Dictionary<int, Slot> _locals = [];
    private MethodTokens _tokens;
    private Slot _this;

    /// <param name="methods">All methods of the body. The closures that they create hold variables of the body itself.</param>
    public AssignmentScan(MethodBase[] methods)
    {
        foreach (var method in methods)
        {
            AddCreatedInside(method);
        }
    }

    private enum Origin
    {
        Other,

        /// <summary>
        /// The value of a captured variable, or of a field of a captured <c>this</c>. A reference counts for the object that it refers to.
        /// </summary>
        Value,

        /// <summary>The address of one, or of a part of it.</summary>
        Address,

        This,
        StateMachine,
    }

    /// <summary>One value on the stack or in a local variable.</summary>
    private readonly record struct Slot(Origin Origin, string? Name);

    public IReadOnlyList<string> Names => _names;

    public void Scan(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            return;
        }

        Begin(method);
        var atTargets = new Dictionary<int, Slot[]>();
        var isReachable = true;
        for (var at = 0; at < code.Length;)
        {
            // Where the instruction before does not continue here, the stack is that of the branch to here: the second side of a conditional
            // expression.
            if (!isReachable)
            {
                SetStack(atTargets.GetValueOrDefault(at, []));
            }

            var value = code[at] == 0xFE && at + 1 < code.Length ? 0xFE00 | code[at + 1] : code[at];
            if (!StackEffects.TryGet(value, out var instruction))
            {
                return;
            }

            var operand = at + instruction.Size;
            at = IlTokens.EndOf(code, operand, value);
            if (at < 0 || at > code.Length)
            {
                return;
            }

            Step(instruction, value, code, operand);
            isReachable = instruction.FlowControl is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw);
            if (instruction.OperandType is OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget)
            {
                var offset = instruction.OperandType == OperandType.InlineBrTarget ? BitConverter.ToInt32(code, operand) : (sbyte)code[operand];
                var isLeave = value is 0xDD or 0xDE;
                _ = atTargets.TryAdd(at + offset, isLeave ? [] : [.. _stack.Reverse()]);
            }
        }
    }

    private void Begin(MethodBase method)
    {
        _stack.Clear();
        _locals.Clear();
        _kept.Clear();
        _tokens = MethodTokens.Of(method);
        _this = ThisOf(method);
    }

    private static Slot ThisOf(MethodBase method)
    {
        if (method.IsStatic || method.DeclaringType is not { } owner || ClosureCodec.IsClosure(owner)
            || owner.Name.StartsWith("<>", StringComparison.Ordinal))
        {
            return default;
        }

        var isStateMachine = owner.Name.StartsWith('<') || owner.Name.StartsWith("VB$StateMachine", StringComparison.Ordinal);
        return new Slot(isStateMachine ? Origin.StateMachine : Origin.This, null);
    }

    private void Step(OpCode instruction, int value, byte[] code, int operand)
    {
        switch (value)
        {
            case 0x02: // ldarg.0
                _stack.Push(_this);
                return;
            case 0x25: // dup
                var top = Pop();
                _stack.Push(top);
                _stack.Push(top);
                return;
            case >= 0x06 and <= 0x09 or 0x11 or 0xFE0C: // ldloc
                _stack.Push(_locals.GetValueOrDefault(LocalOf(value, code, operand, 0x06)));
                return;
            case >= 0x0A and <= 0x0D or 0x13 or 0xFE0E: // stloc
                _locals[LocalOf(value, code, operand, 0x0A)] = Pop();
                return;
            case 0x7B or 0x7C: // ldfld, ldflda
                _stack.Push(Load((FieldInfo)Resolve(code, operand)!, Pop(), isAddress: value == 0x7C));
                return;
            case 0x7D: // stfld
                var stored = Pop();
                Store((FieldInfo)Resolve(code, operand)!, Pop(), stored);
                return;
            case 0x74: // castclass
                return;
            case 0x8F: // ldelema
                _ = Pop();
                var elements = Pop();
                _stack.Push(elements.Origin == Origin.Value ? elements with { Origin = Origin.Address } : default);
                return;
            case 0x28 or 0x6F or 0x73 when Resolve(code, operand) is MethodBase callee: // call, callvirt, newobj
                Call(callee, isNew: value == 0x73);
                return;
            case 0x28 or 0x6F or 0x73:
                return;
            case 0x2A: // ret
                _stack.Clear();
                return;
        }

        if (!StepStore(value))
        {
            PopAndPush(instruction);
        }
    }

    /// <summary>Instructions that store into an element or to an address.</summary>
    private bool StepStore(int value)
    {
        var (operands, origin) = value switch
        {
            >= 0x9B and <= 0xA2 or 0xA4 => (2, Origin.Value), // stelem
            >= 0x51 and <= 0x57 or 0xDF or 0x81 or 0x70 => (1, Origin.Address), // stind, stobj, cpobj
            0xFE15 => (0, Origin.Address), // initobj
            _ => (-1, Origin.Other),
        };
        if (operands < 0)
        {
            return false;
        }

        for (; operands > 0; operands--)
        {
            _ = Pop();
        }

        var target = Pop();
        if (target.Origin == origin)
        {
            Add(target.Name);
        }

        return true;
    }

    private void PopAndPush(OpCode instruction)
    {
        for (var count = StackEffects.PopCount(instruction); count > 0; count--)
        {
            _ = Pop();
        }

        for (var count = StackEffects.PushCount(instruction); count > 0; count--)
        {
            _stack.Push(default);
        }
    }

    private Slot Load(FieldInfo field, Slot owner, bool isAddress)
    {
        var origin = isAddress ? Origin.Address : Origin.Value;
        if (IsCaptured(field))
        {
            return field.Name is "<>4__this" or "$VB$Me" ? new Slot(Origin.This, null) : new Slot(origin, $"variable '{NameOf(field)}'");
        }

        return owner.Origin switch
        {
            Origin.StateMachine when field.Name is "<>4__this" or "$VB$Me" && !ClosureCodec.IsClosure(field.FieldType) => new Slot(Origin.This, null),
            Origin.StateMachine => _kept.GetValueOrDefault(field.Name),
            Origin.This => new Slot(origin, $"field '{NameOf(field)}' of 'this'"),
            Origin.Address => owner with { Origin = origin },
            _ => default,
        };
    }

    private void Store(FieldInfo field, Slot owner, Slot value)
    {
        if (IsCaptured(field))
        {
            Add($"variable '{NameOf(field)}'");
        }
        else if (owner.Origin == Origin.This)
        {
            Add($"field '{NameOf(field)}' of 'this'");
        }
        else if (owner.Origin == Origin.Address)
        {
            Add(owner.Name);
        }
        else if (owner.Origin == Origin.StateMachine)
        {
            _kept[field.Name] = value;
        }
    }

    private void Call(MethodBase callee, bool isNew)
    {
        var parameters = callee.GetParameters();
        for (var i = parameters.Length - 1; i >= 0; i--)
        {
            var isWritable = parameters[i].ParameterType.IsByRef && (!parameters[i].IsIn || parameters[i].IsOut);
            if (Pop() is { Origin: Origin.Address } argument
                && isWritable
                && callee.DeclaringType?.Namespace?.StartsWith("System.Runtime", StringComparison.Ordinal) != true)
            {
                Add(argument.Name);
            }
        }

        if (!callee.IsStatic && !isNew)
        {
            CallOn(Pop(), callee, parameters.Length);
        }

        if (isNew || callee is MethodInfo { ReturnType: { } result } && result != typeof(void))
        {
            _stack.Push(default);
        }
    }

    private void CallOn(Slot target, MethodBase callee, int parameters)
    {
        var isSetter = callee.IsSpecialName && callee.Name.StartsWith("set_", StringComparison.Ordinal);
        if (target.Origin == Origin.This && isSetter && parameters == 1)
        {
            Add($"property '{callee.Name[4..]}' of 'this'");
        }
        else if ((target.Origin == Origin.Address && isSetter && callee.DeclaringType is { IsValueType: true })
            || (target.Origin is Origin.Value or Origin.Address && Mutators.IsMutator(callee.Name) && Mutators.IsCollection(callee.DeclaringType)))
        {
            Add(target.Name);
        }
    }

    /// <summary>A variable of the method around the body, and not one that the compiler added.</summary>
    private bool IsCaptured(FieldInfo field) =>
        field.DeclaringType is { } owner
        && ClosureCodec.IsClosure(owner)
        && !_createdInside.Contains(SourceNames.DefinitionOf(owner))
        && (!field.Name.StartsWith("<>", StringComparison.Ordinal) || field.Name == "<>4__this")
        && !field.Name.StartsWith("CS$", StringComparison.Ordinal)
        && !field.Name.StartsWith("$VB$NonLocal", StringComparison.Ordinal);

    private void AddCreatedInside(MethodBase method)
    {
        var tokens = new IlTokens(method.GetMethodBody()?.GetILAsByteArray() ?? []);
        while (tokens.MoveNext())
        {
            if (tokens.Instruction == 0x73
                && MethodTokens.Of(method).Resolve(tokens.Token) is { DeclaringType: { } created }
                && ClosureCodec.IsClosure(created))
            {
                _createdInside.Add(SourceNames.DefinitionOf(created));
            }
        }
    }

    private void Add(string? name)
    {
        if (name is not null && !_names.Contains(name))
        {
            _names.Add(name);
        }
    }

    private MemberInfo? Resolve(byte[] code, int operand) => _tokens.Resolve(BitConverter.ToInt32(code, operand));

    private Slot Pop() => _stack.TryPop(out var slot) ? slot : default;

    private void SetStack(Slot[] slots)
    {
        _stack.Clear();
        foreach (var slot in slots)
        {
            _stack.Push(slot);
        }
    }

    private static string NameOf(FieldInfo field) =>
        SourceNames.Of(field.Name.StartsWith("$VB$Local_", StringComparison.Ordinal) ? field.Name["$VB$Local_".Length..] : field.Name);

    private static int LocalOf(int value, byte[] code, int operand, int first) => value switch
    {
        0x11 or 0x13 => code[operand],
        0xFE0C or 0xFE0E => BitConverter.ToUInt16(code, operand),
        _ => value - first,
    };
}
