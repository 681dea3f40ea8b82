using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>Enumerates the instructions of a method body that have a metadata token.</summary>
internal ref struct IlTokens(ReadOnlySpan<byte> code)
{
    private readonly ReadOnlySpan<byte> _code = code;
    private int _at;

    /// <summary>Gets the instruction's code; 0xFE00 + second byte for one of two bytes.</summary>
    public int Instruction { get; private set; }

    public int Token { get; private set; }

    /// <summary>Gets whether the enumeration ended at an unknown instruction.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Moves to the next instruction that has a token; returns <see langword="false"/> at the end.</summary>
    public bool MoveNext()
    {
        while (_at < _code.Length)
        {
            int instruction = _code[_at++];
            if (instruction == 0xFE)
            {
                if (_at >= _code.Length)
                {
                    break;
                }

                instruction = 0xFE00 | _code[_at++];
            }

            var operand = _at;
            _at = EndOf(_code, operand, instruction);
            if (_at < 0 || _at > _code.Length)
            {
                _at = _code.Length;
                IsBroken = true;
                return false;
            }

            if (OperandSize(instruction) == TokenOperand)
            {
                Instruction = instruction;
                Token = BinaryPrimitives.ReadInt32LittleEndian(_code[operand..]);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Returns the position behind an instruction's operand, which may lie behind the end of the code; negative for an unknown instruction.
    /// </summary>
    internal static int EndOf(ReadOnlySpan<byte> code, int operand, int instruction)
    {
        var size = OperandSize(instruction);
        if (size == Switch)
        {
            if (operand + 4 > code.Length || BinaryPrimitives.ReadUInt32LittleEndian(code[operand..]) is var cases && cases >= code.Length)
            {
                return -1;
            }

            size = 4 + ((int)cases * 4);
        }

        return size == TokenOperand ? operand + 4 : size < 0 ? -1 : operand + size;
    }

    internal const int TokenOperand = -1;
    internal const int Switch = -2;
    internal const int Unknown = -3;

    /// <summary>Returns the size of an instruction's operand in bytes (ECMA-335, partition III), or one of the constants above.</summary>
    internal static int OperandSize(int instruction) => instruction switch
    {
        0x24 or (>= 0x77 and <= 0x78) or (>= 0xA6 and <= 0xB2) or (>= 0xBB and <= 0xC1) or (>= 0xC4 and <= 0xC5) or (>= 0xC7 and <= 0xCF) => Unknown,
        >= 0x0E and <= 0x13 => 1, // ldarg.s .. stloc.s
        0x1F => 1, // ldc.i4.s
        0x20 => 4, // ldc.i4
        0x21 => 8, // ldc.i8
        0x22 => 4, // ldc.r4
        0x23 => 8, // ldc.r8
        >= 0x27 and <= 0x29 => TokenOperand, // jmp, call, calli
        >= 0x2B and <= 0x37 => 1, // short branches
        >= 0x38 and <= 0x44 => 4, // branches
        0x45 => Switch,
        >= 0x6F and <= 0x75 => TokenOperand, // callvirt .. isinst
        0x79 => TokenOperand, // unbox
        >= 0x7B and <= 0x81 => TokenOperand, // ldfld .. stobj
        0x8C or 0x8D or 0x8F => TokenOperand, // box, newarr, ldelema
        >= 0xA3 and <= 0xA5 => TokenOperand, // ldelem, stelem, unbox.any
        0xC2 or 0xC6 or 0xD0 => TokenOperand, // refanyval, mkrefany, ldtoken
        0xDD => 4, // leave
        0xDE => 1, // leave.s
        (>= 0x00 and <= 0xC3) or (>= 0xD1 and <= 0xE0) => 0,
        0xFE06 or 0xFE07 => TokenOperand, // ldftn, ldvirtftn
        >= 0xFE09 and <= 0xFE0E => 2, // ldarg .. stloc
        0xFE12 => 1, // unaligned.
        0xFE15 or 0xFE16 or 0xFE1C => TokenOperand, // initobj, constrained., sizeof
        0xFE19 => 1, // no.
        0xFE08 or 0xFE10 or 0xFE1B => Unknown,
        >= 0xFE00 and <= 0xFE1E => 0,
        _ => Unknown,
    };
}
