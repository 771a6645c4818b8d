namespace Distributed.Keops.Data.Tests;

public class RowMaskTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(200)]
    public void A_mask_survives_as_bytes(int rows)
    {
        var mask = RowMask.Create(5, rows, r => r % 3 != 1);
        var bytes = mask.ToBytes();
        Assert.Equal((rows + 7) / 8, bytes.Length);
        var back = RowMask.FromBytes(5, rows, bytes);
        Assert.Equal((mask.FirstRow, mask.RowCount, mask.ValidCount), (back.FirstRow, back.RowCount, back.ValidCount));
        Assert.Equal(mask.Bits.ToArray(), back.Bits.ToArray());
        Assert.Throws<ArgumentException>(() => RowMask.FromBytes(5, rows, new byte[bytes.Length + 1]));
    }
}
