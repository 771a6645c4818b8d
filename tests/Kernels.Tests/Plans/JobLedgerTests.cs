using CsCheck;
using Distributed.Keops.Kernels.Plans;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Plans;

public class JobLedgerTests
{
    static readonly Gen<Plan> AnyPlan = Gen.Select(Gen.Int[1, 3], Gen.Int[0, 9], Gen.Int[0, 13])
        .Select((batches, blocks, leaves) => new Plan(batches, Math.Max(0, blocks * 64L - 5), Math.Max(0, leaves * 10L - 3), 64, 10));

    /// <summary>
    /// Whatever order receipts come in, however work is cut, whoever is lost meanwhile, every block ends up as the tree's own merge of its
    /// leaves.
    /// </summary>
    [Fact]
    public void Any_order_of_events_ends_with_the_same_result() =>
        Gen.Select(AnyPlan, Gen.Bool, Gen.Int[1, 4], Gen.Int[0, int.MaxValue - 1]).Sample((plan, wholeBlocks, maxBlocks, seed) =>
        {
            var ledger = new JobLedger(plan, new PairCounts(plan), wholeBlocks);
            Play(plan, ledger, new Random(seed), maxBlocks, int.MaxValue);
            AssertWhole(plan, ledger);
        }, iter: 2000);

    /// <summary>A ledger that begins with what others have left ends as they would have, and computes nothing of it again.</summary>
    [Fact]
    public void What_former_lives_have_left_is_used() =>
        Gen.Select(AnyPlan, Gen.Bool, Gen.Int[1, 3], Gen.Int[0, int.MaxValue - 1]).Sample((plan, wholeBlocks, lives, seed) =>
        {
            var random = new Random(seed);
            var left = new List<(PlanTask, SlotFill)>();
            for (var life = 0; life < lives; life++)
            {
                var before = new JobLedger(plan, new PairCounts(plan), wholeBlocks);
                // Lives that knew nothing of each other, cut off at any time.
                Play(plan, before, random, long.MaxValue, random.Next(60), (slot, fill) => left.Add((slot, fill)));
            }

            var ledger = new JobLedger(plan, new PairCounts(plan), wholeBlocks);
            ledger.Restore(left.OrderBy(_ => random.Next()));
            if (lives == 1 && plan.Pairs > 0) Assert.True(left.Count == 0 || ledger.PairsDone > 0);
            Assert.Equal(plan.Pairs, ledger.PairsDone + ledger.PairsDue, 1e-6 * plan.Pairs);
            Play(plan, ledger, random, long.MaxValue, int.MaxValue);
            AssertWhole(plan, ledger);
        }, iter: 2000);

    [Fact]
    public void Work_is_of_the_size_asked_for_as_far_as_the_plan_allows() =>
        Gen.Select(AnyPlan, Gen.Double[0, 5], Gen.Int[0, int.MaxValue - 1]).Sample((plan, logPairs, seed) =>
        {
            var (pairs, wanted) = (new PairCounts(plan), Math.Pow(10, logPairs));
            var ledger = new JobLedger(plan, pairs);
            while (ledger.TryTake("w", wanted, long.MaxValue, out var task))
            {
                var smallest = task.Blocks == 1 && task.Node.LeafCount(plan.Leaves) <= 1;
                Assert.True(smallest || pairs.Of(task) <= 2 * wanted, $"{plan}: {task} for {wanted}.");
                Assert.True(ledger.Fill(task, new SlotFill("e", 1, null)));
            }

            while (ledger.TryTakeMerge("w", out var merge)) ledger.Fill(merge, new SlotFill("e", 1, null));
            Assert.True(ledger.IsComplete);
        });

    [Fact]
    public void Every_part_is_handed_out_once_where_nothing_goes_wrong()
    {
        var plan = new Plan(1, 64, 70, 64, 10);
        var ledger = new JobLedger(plan, new PairCounts(plan));
        var taken = new List<PlanTask>();
        while (ledger.TryTakeMerge("w", out var slot) || ledger.TryTake("w", 1, long.MaxValue, out slot))
        {
            taken.Add(slot);
            ledger.Fill(slot, new SlotFill("e", (ulong)taken.Count, null));
        }

        Assert.True(ledger.IsComplete);
        Assert.Equal(plan.Pairs, ledger.PairsDone);
        // 7 leaves and 6 merges: (0,6) stands for (1,3) too.
        Assert.Equal(7 + 6, taken.Count);
        Assert.Equal(taken.Count, taken.Distinct().Count());
        Assert.Equal(plan.Root, taken[^1].Node);
    }

    [Fact]
    public void A_second_receipt_changes_nothing_and_must_agree()
    {
        var ledger = Small(out var slot);
        Assert.True(ledger.Fill(slot, new SlotFill("a", 1, "w1")));
        Assert.False(ledger.Fill(slot, new SlotFill("a", 1, "w2")));
        Assert.False(ledger.Fill(slot, new SlotFill("other engine", 2, "w2")));
        Assert.Equal("w1", ledger[slot]!.Holder);
        Assert.Throws<NondeterministicTaskException>(() => ledger.Fill(slot, new SlotFill("a", 2, "w2")));
    }

    [Fact]
    public void Work_that_fails_four_times_is_given_up_with_all_causes()
    {
        var ledger = Small(out var slot);
        for (var n = 1; n <= 4; n++)
        {
            var causes = ledger.Fail(slot, $"w{n}", $"cause {n}");
            if (n < 4) Assert.Null(causes);
            else Assert.Equal(["cause 1", "cause 2", "cause 3", "cause 4"], causes);
            Assert.True(ledger.TryTake("w", 1e9, long.MaxValue, out var again));
            Assert.Equal(slot, again);
        }
    }

    [Fact]
    public void What_has_failed_at_one_goes_to_another_while_there_is_anything_else()
    {
        var plan = new Plan(1, 128, 10, 64, 10);
        var ledger = new JobLedger(plan, new PairCounts(plan));
        Assert.True(ledger.TryTake("bad", 1, long.MaxValue, out var failed));
        ledger.Fail(failed, "bad", "out of memory");
        Assert.True(ledger.TryTake("bad", 1, long.MaxValue, out var other));
        Assert.NotEqual(failed, other);
        Assert.True(ledger.TryTake("good", 1, long.MaxValue, out var again));
        Assert.Equal(failed, again);
    }

    [Fact]
    public void What_is_lost_below_a_standing_root_is_not_missed()
    {
        var plan = new Plan(1, 64, 20, 64, 10);
        var ledger = new JobLedger(plan, new PairCounts(plan));
        for (var n = 0; n < 2; n++)
        {
            ledger.TryTake("w", 1, long.MaxValue, out var leaf);
            ledger.Fill(leaf, new SlotFill("e", 1, "lost"));
        }

        Assert.True(ledger.TryTakeMerge("lost", out var merge));
        ledger.Fill(merge, new SlotFill("e", 2, "kept"));
        ledger.Lose("lost");
        Assert.True(ledger.IsComplete);
        Assert.Equal(plan.Pairs, ledger.PairsDone);
        Assert.False(ledger.TryTake("w", 1, long.MaxValue, out _));
    }

    [Fact]
    public void A_merge_is_for_one_who_holds_a_side_of_it()
    {
        var plan = new Plan(1, 64, 20, 64, 10);
        var ledger = new JobLedger(plan, new PairCounts(plan));
        foreach (var holder in new[] { "a", "b" })
        {
            ledger.TryTake(holder, 1, long.MaxValue, out var leaf);
            ledger.Fill(leaf, new SlotFill("e", 1, holder));
        }

        Assert.False(ledger.TryTakeMerge("c", out _));
        Assert.True(ledger.TryTakeMerge("b", out var merge));
        Assert.False(ledger.TryTakeMerge("a", out _));
        // The one who took it, and all it held, is gone: its side is computed again, and the merge is the other's.
        ledger.Lose("b");
        ledger.GiveBack(merge);
        Assert.False(ledger.TryTakeMerge("a", out _));
        Assert.True(ledger.TryTake("a", 1, long.MaxValue, out var again));
        ledger.Fill(again, new SlotFill("e", 1, null));
        Assert.True(ledger.TryTakeMerge("a", out var second));
        Assert.Equal(merge, second);
    }

    static JobLedger Small(out PlanTask slot)
    {
        var plan = new Plan(1, 64, 10, 64, 10);
        var ledger = new JobLedger(plan, new PairCounts(plan));
        Assert.True(ledger.TryTake("w", 1e9, long.MaxValue, out slot));
        return ledger;
    }

    static void Play(Plan plan, JobLedger ledger, Random random, long maxBlocks, int steps, Action<PlanTask, SlotFill>? filled = null)
    {
        var hand = new List<PlanTask>();
        for (var step = 0; !ledger.IsComplete && step < steps; step++)
        {
            Assert.True(step < 50_000, "The ledger does not end.");
            // After a while only work is done, so that chance can't play for ever.
            switch (step < 2000 ? random.Next(12) : random.Next(8))
            {
                case < 2:
                    if (ledger.TryTakeMerge($"w{random.Next(1, 3)}", out var merge))
                    {
                        var (left, right) = ledger.Children(merge);
                        Assert.NotNull(ledger[left]);
                        Assert.NotNull(ledger[right]);
                        hand.Add(merge);
                    }

                    break;
                case < 4:
                    if (ledger.TryTake("w", Math.Pow(10, 4 * random.NextDouble()), maxBlocks, out var slot))
                    {
                        Assert.InRange(slot.Blocks, 1, maxBlocks);
                        hand.Add(slot);
                    }

                    break;
                case < 8 when hand.Count > 0:
                    var at = random.Next(hand.Count);
                    var fill = new SlotFill("e", Expected(plan, ledger, hand[at]), random.Next(3) is var w and > 0 ? $"w{w}" : null);
                    if (ledger.Fill(hand[at], fill)) filled?.Invoke(hand[at], fill);
                    // Now and then a receipt comes twice.
                    if (random.Next(8) > 0) hand.RemoveAt(at);
                    break;
                case 8 when hand.Count > 0:
                    var back = random.Next(hand.Count);
                    ledger.GiveBack(hand[back]);
                    hand.RemoveAt(back);
                    break;
                case 9 when random.Next(4) == 0:
                    ledger.Lose($"w{random.Next(1, 3)}");
                    break;
            }
        }
    }

    static void AssertWhole(Plan plan, JobLedger ledger)
    {
        Assert.True(ledger.IsComplete);
        Assert.Equal(plan.Pairs, ledger.PairsDone, 1e-6 * plan.Pairs);
        var next = (Batch: 0, Block: 0L);
        foreach (var (slot, fill) in ledger.Results)
        {
            if (slot.Batch != next.Batch)
            {
                Assert.Equal((next.Batch + 1, plan.Blocks), (slot.Batch, next.Block));
                next = (slot.Batch, 0);
            }

            Assert.Equal(next.Block, slot.FirstBlock);
            next = (slot.Batch, slot.FirstBlock + slot.Blocks);
            Assert.Equal(Expected(plan, ledger, slot), fill.Checksum);
        }

        Assert.Equal(plan.Blocks == 0 ? (0, 0) : (plan.Batches - 1, plan.Blocks), next);
    }

    /// <summary>
    /// A checksum that tells every order of merging from every other, whether a node was computed or merged; of several blocks, all of
    /// theirs.
    /// </summary>
    static ulong Expected(Plan plan, JobLedger ledger, PlanTask slot)
    {
        var sum = 0UL;
        for (var block = slot.FirstBlock; block < slot.FirstBlock + slot.Blocks; block++)
            sum = unchecked(sum * 31 + OfBlock(slot with { FirstBlock = block, Blocks = 1 }));
        return sum;

        ulong OfBlock(PlanTask one)
        {
            if (one.Node.Lowest(plan.Leaves) is { Level: 0 } leaf) return (ulong)(one with { Node = leaf }).GetHashCode() * 31 + 7;
            var (left, right) = ledger.Children(one);
            return unchecked(OfBlock(left) * 1_000_003 ^ OfBlock(right) * 7919 + 13);
        }
    }
}
