#include "bench/letter.h"

#include <gtest/gtest.h>

namespace rookery::bench {
namespace {

TEST(LetterTest, IsFoundWhereverItStands) {
  const Letter letter{12, 34, 5678901234567, 2, 3};
  EXPECT_EQ(find_letter(write_letter(letter)), letter);
  EXPECT_EQ(find_letter("<message id='a'><result><forwarded><message>" + write_letter(letter) +
                        "</message></forwarded></result></message>"),
            letter);
}

TEST(LetterTest, AnythingElseIsNone) {
  for (const char* text :
       {"", "<message/>", "<body>hello</body>", "<body>mixed:", "<body>mixed:1:2",
        "<body>mixed:1:2:3:4:5</body>", "<body>mixed:1:x:3:4:5:</body>"})
    EXPECT_EQ(find_letter(text), std::nullopt) << text;
}

} // namespace
} // namespace rookery::bench
