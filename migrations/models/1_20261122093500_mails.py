"""Mails: one row per mail and recipient."""

from tortoise import BaseDBAsyncClient

from app.db.migration_steps import run_statements

RUN_IN_TRANSACTION = True

POSTGRES = (
    """
    CREATE TABLE "mails" (
        "id" VARCHAR(36) NOT NULL CONSTRAINT "pk_mails" PRIMARY KEY,
        "sequence" BIGINT,
        "booking_id" INT,
        "kind" VARCHAR(40) NOT NULL,
        "recipient" VARCHAR(320) NOT NULL,
        "content" JSONB NOT NULL,
        "subject" TEXT,
        "status" VARCHAR(10) NOT NULL DEFAULT 'PENDING',
        "attempts" INT NOT NULL DEFAULT 0,
        "error" TEXT,
        "smtp_code" INT,
        "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
        "settled_at" TIMESTAMPTZ,
        CONSTRAINT "ck_mails_status" CHECK ("status" IN ('PENDING', 'SENT', 'KEPT', 'REFUSED', 'BOUNCED', 'DEAD'))
    )
    """,
    """CREATE INDEX "ix_mails_created_at" ON "mails" ("created_at")""",
    """CREATE INDEX "ix_mails_booking_id" ON "mails" ("booking_id") WHERE "booking_id" IS NOT NULL""",
)

SQLITE = (
    """
    CREATE TABLE "mails" (
        "id" VARCHAR(36) NOT NULL CONSTRAINT "pk_mails" PRIMARY KEY,
        "sequence" BIGINT,
        "booking_id" INT,
        "kind" VARCHAR(40) NOT NULL,
        "recipient" VARCHAR(320) NOT NULL,
        "content" JSON NOT NULL,
        "subject" TEXT,
        "status" VARCHAR(10) NOT NULL DEFAULT 'PENDING',
        "attempts" INT NOT NULL DEFAULT 0,
        "error" TEXT,
        "smtp_code" INT,
        "created_at" TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
        "settled_at" TIMESTAMP,
        CONSTRAINT "ck_mails_status" CHECK ("status" IN ('PENDING', 'SENT', 'KEPT', 'REFUSED', 'BOUNCED', 'DEAD'))
    )
    """,
    """CREATE INDEX "ix_mails_created_at" ON "mails" ("created_at")""",
    """CREATE INDEX "ix_mails_booking_id" ON "mails" ("booking_id") WHERE "booking_id" IS NOT NULL""",
)


async def upgrade(db: BaseDBAsyncClient) -> str:
    """Make the table."""
    return await run_statements(db, postgres=POSTGRES, sqlite=SQLITE)


async def downgrade(db: BaseDBAsyncClient) -> str:
    """Drop the table."""
    both = ['DROP TABLE "mails"']
    return await run_statements(db, postgres=both, sqlite=both)


MODELS_STATE = (
    "eJztXW1z2za2/isYf6kzI2djOXba5N474zRu461jd2Jnu7M3d2iIhCzUFMESpGV1t//9Ai"
    "Ap8QWkCYmkKQQzO9uYxAGpByBwzoPz8u+9OXGQS1+e+vgXtNx7C/6958E5Yv8o3BmBPej7"
    "6+v8QggnrmgKfWzdo6W4CCc0DKAdsutT6FLELjmI2gH2Q0w83voUUGQHKAR0RhYeIJ6N3r"
    "H/d5cgnCFw/fH0YHx8AsgULGYwBFPiumRBxT0/QFP8CDAF98gPwf7pl4PDFy/5Ux1is8di"
    "766rB0Qe/iNCVkjuEGsYsMf87/+xy9hz0COi6Z/+vTXFyHVyQGKHdyCuW+HSF9d+nMHgJ9"
    "GSv/zEsokbzb11a38Zzoi3as5+G796hzwUwBA5GXC9yHWTcUgvxe/KLoRBhFYv6awvOGgK"
    "I5cPEZeO32B9bc+yLq9urOuzG8vaKw1fKpEBPLlkE48PPfZCKn7/HD5aLvLuwhn78+jkr/"
    "g5axziVvyB/zj9/OPH08/7Rycv+AMJmz/xxLpM7ozFrb9EFzCEcScC9TXMM0hnyOHzUAXu"
    "vFQ7sKcX1rivv4TegT953QD4k9eVwPNbHPg10B4JkQrEafuNwE1m7DCxHb961QBc1qoSXX"
    "EvDy969HGAqAXDMsgfGFAhniM50HnJAtxOIvoy/cfugV+D9c35p7Prm9NPv/Lu55T+4Qq4"
    "Tm/O+J2xuLosXN0vrjarTsBv5zcfAf8T/Ovq8kygSWh4F4gnrtvd/GuPvxOMQmJ5ZGFBJ4"
    "tJejm9lBtlF9LQiihbetTHuShrRnrII81Rt1w8xyEtD/Tfr68u5YNcECuOMbZD8B/gYhpq"
    "Nbocj9zApkvl/qfTfxZX0R8vrt4XR4x38L6wojJdkGOzwZeWl2zhOxucrsB+oHPFVONklu"
    "zIh5dM6NrvLkRwbsl073MvlI92RqIw1Ayu3fvM2Ouy/xyMD1+/ef390cnr71kT8Z6rK29q"
    "hvv88qbwGbEdJ1ADNCOxEaCD+1paQJSbidN7qQXD4Sqj+xMJEL7zmBEuQD5nbwSZRSsBNb"
    "HYvyTd7Bi4f6WzJ726/qICuFjZ1dlJxX47+8UojA2Q0+sfTz+c7ZUWgRYgvUm62a0FoCmi"
    "mXVPjiifsxNo3y9g4Fi5ycvvkDEpXFm1Ld+aj+fFK9CDdwIc/iv4O6fMUxgiBhzak7FS6b"
    "1RLS+VtGpITF2TOSIeAth7wGyM3wpKaELIPQrAFAc0HPErHriLEA1p8odNDmZs46Jg//0v"
    "B+OxhI5qr9uWSajKdbvpkp1MpuFSUK3sgNWUE9NYsHinErTXc+i6lfhm5frbGF91i/LR+M"
    "3JCmD+Rx22159OLy7KKsY9e38Vailt3x9vt/f+6uqXs897XWGZ45e+b8AufV/JLX1fZJb6"
    "V+AGtiG2rRGjOcSuynxdCWhINB+Nm5ChrFU1xz8ukaHivwoAp+17XBD6WQqOGlHNRzVU81"
    "GZauakhfUn001UIM4JaTiP2z8wcYkNXSWM1xI9TmTk9TOVD5vM5MPqiXxYmsc+gwhZXjSf"
    "yAzoapiLcvqdUL1ugvXraqxfl7BmZhTyJETqe0JcBD050GuhAsTMDHK7mtCrK/1S2ExBvM"
    "hRpO/Pbwrwfvn0/oxNcYE6a4Rjc7usX3Ajkb2Fms6WFzK829O8W4JYCzzR+3VPOwZxU64o"
    "P7tU6aI15hTJTmPeJ1I//fIZubDCRE6wvk560ATov7qk0tJ5KWHSMlO2mkhLRr0hj3blIT"
    "BHKGQSL8Et+2aC0KK3f7tFnsP+C2CAAPKJPeNuWsRzKNj/cvPjixGYQXcKiI+8Moe2fZdf"
    "va/eLZ91lg19aONwecv9vGZkARhsS8BvcScwdi35tez6knXwgN4JOEEI71HsJoYe2G4G+H"
    "z8jiaCPgoAdUloeLoB8nTmALgaen0PgCPf2XDU85Jm1Icy6hJ/m+TtM6Ou5m4btelv+9yj"
    "2rHpZzwqWuaPmR4TRhKvsOrpupbQcMYeHjUhho6qiaGjMsEZqhFvKwEd4X3ViEPmzWq4tz"
    "KLnH25EtQ36LFibSiI6cC91W2jZ/+8ye2gJcfG1S56cXX5c9q86O1YWj+4HSSxo/Fd5Zqc"
    "EdKJHPphPD46ejN+dXTy/fHrN2+Ov3+1Wp3Lt+qW6ffnP/OVOge+5OiPG55qwK9EDOwbw8"
    "4PRuQLTf1hik6rTCkGpWEQSm0USmlVT9gWKwqUTrgLYgbvpngzC8hnz0VqQQJZIRMisHmI"
    "wByFkNNHKuBnZbbCfrPj2v+aRp7NcQWTCLvso6Mv+WP/p6tD3L6HJEB2FARiLVEz6UuC+i"
    "1C7dv204DMLTYa9gw5kYtUMa8QN8g/jfwaNQnitafqBUlztK5wtJ7BzpooRYyXJfWb5Z34"
    "8q2A40tzgCBV4wsqxHUAv2/ewOZeDG58wL7BSFSIm5HYeCSUF6GinA7Y97IE/Y7sDWe9TF"
    "YH2Pue8hw9iu82G4KSqBmBzUdArB5qB3oyUXOyV1YvsQ1dVRsqK6Pn8VOz06e6w6figi4w"
    "o4j93MQvs6nnVFFOmzC81qYwDz+1NvL2Lkgau1TFLoWh1BW5PqB0LaXRYtxGQGkMjDVFyO"
    "GetErKRlnUKBvqyoYPZbtg7fqRipiFQ2Hh+J1gBhW5R0pno3kpHeZ318F8a8SszTP1VXZi"
    "UrkNx7W07FFM55SZnnOOZLBBuGGFuH5fXfuHJHG6FEs54L4op6Fd1QlRJuIeONdFSRTILK"
    "saarIsqt8Mb4R5DeRlxHOhSQqWbElOIwugvUQdPGBLtFKju0pyBtwh5AXUENCa8OT1JCxD"
    "rByhfMY7u0n62i2Ym4Yolz7aXJQyewtw+eXiYq80h1tAt2HqxR0Ftirz4hrSJpHfuaR8m4"
    "d/ZzMA7pj+VhkCXqJfA7LYEqYkvPsj6c4T8bmRCtAUBZzHbweqz2l3uuIlAta3g8rkXlDO"
    "vSC+wOr8C+kH+mQOBkukBRVNn0zEcDNDgPrQA3CV0yBOYkCmgGck5V29ExkNPHLgkIg96S"
    "BtuAYJuPiBy3hxdgTxQuUMDR0+S6RumLjEvqciZwMfMrCYYRetUqnyXtid0x9/PPv15uzD"
    "O5C0tyhDW8zeW8AwIokYDnnrX88uP5xf/gwiTsiw9/aJi21eJAiGXz22uVF2h73aFAdz5K"
    "SPoUD0zJ+MA8DrC62zQYD99zcHhyPA/t9kbB1kJghjCHYbzmzCEU044jcEe7zJKB5vroV6"
    "POB8nhOeNnPhFfbzjUDPixv4m8OPqUWCO+jhP2VESS30RVFzrG9SQD67riLoFSVQMxIGUZ"
    "NUs01itUlSzeLk7Y+t3lVUMx/skMralGjGalIoR0U+zQzlidCn6aHfePljPkkcCqYkyCe/"
    "ZA9Bixnr7y2AgGcj9xwYxFzHiF15wA4iICBkXqaCWuzX8CfD4k/kmndNPi25qq2D300n8Q"
    "wme2HHycrS/DRqOOel9HNn6hptH1K6IMFGmGdlDfKqyJv0Tf2kb0KPIQo86FqpSqO4wlTJ"
    "6zcCXc14O0AOUyIxw1BJ9SvJmaOdMl0SW0+qgTwZKUP6GdLPUFTDg7hNiup5+BTh0XpB7s"
    "68MFjuSciUfINRHZMSH/O75K4ZgcJ9XphmitgOAnic6Ftwm8aUC0eVO5dMoAug54A76LuI"
    "UoB5ad/5HIex4Ajc3qOltZaySeQl5UTYDbmbTfeP3IJ2qQ7Gr/UCUArF3xEWppfD6Gquhk"
    "ThhDxKN5G6ociJ6bSN9OwbYKiydRRuE4X/pFrdPykp+2yhUsE2aa4htJ2wkNn9QUEDLYrp"
    "tHi0ZkmFxMe2UpLntcQwsgzz52mTZdiHS5dAyRZZPR4ZkWEMiFZpn000YdsLjqna1C6gxo"
    "e8Q3Cfi/rSHFZi85z4GxVDLIhqWA1x11PUlCjOZyTibuJ5ISfh0rjzpwi4eAxGjX2YbMi0"
    "oTgQjDNisXFERyCIXEQFF8bmGeUi9CW4Wng8mmvJA75QQJkiRXjwF9/0KlyZWuueB7JdpN"
    "KTaDplDUbAIyG2keiHzUgUPLBfKioaz7EXhYi+A1xPAvEXySsWu46Ie7NJwOsP8xA0OoMM"
    "sa/e/i2D9qVD5mxuv0xXxXj4bkcgezMtikRvTaDaEB2tTMniauh3s3itKVn8LY66ZNMuBe"
    "SbKqXZdGaNCM2jGkLzqExoUjeSHPPWZOpL2muI77ip/1Od+5MpAbuJLdFFet0ZdhxZytf6"
    "BN0rIeOWo+CWw5Z9LJ/ilepuVsSkmC8lDFgXdFI9LZWI6rB8dJ1lMu7aSixLhYlcFjSne7"
    "L6xDFMRLyI0ilfWXIYh0tanfZRl4RWSrIozP6SnOGYJRzzdEpRaImELgrYFsXMNlkEli26"
    "eB7NrZgoVIC2LNgfuIfjXYF3gqYkQFbMx6qcOhXlzMwtQgunbMlUR7YoZoAtrbWeu2RNA8"
    "oWTrY3Kdp/EmljCCoYgpxCtf4kniJplxHSz1Zpv9IKz9hk1UBdO8XLwmaGq1AdKMDEUbbK"
    "C2L90ad7Xy4vzj+d35x96MpU6doyT6Bz4FLFLC9IGbOkciqv4mrlCNcXJKvoosclJT3b3v"
    "UVpcI65IebtdhXmYe5o83dm+w12POTSTmGbBJugGAi9S3jl3rEuHiOZSnQq9m5suRW7Nzu"
    "oNgJDedEQVwiSn0gJKJmJDYfiZUbmBJVnRUyLHXrg5J33NtkmVpLmuFpf/XClONj3XGnT1"
    "VVsixs7FKV8tjoj0iUS03qMqzqlCgMQWUfZiQURiILnhXOGJ7cMVllsaruwezom69OOVSn"
    "AUJx8VOLc76KH8pTXZnvRcn+9Ry+NW9UMqAsbLDfZNeI5+8DM4in2N5q75D3ZEZFaVREYJ"
    "k0x0D1rpGXMjvFFs4wvA6c5aOg4gixJllPUdDwzhLnRoES02kWVl3Jy7rVpqoLs8woLDNZ"
    "EB/Yog0n2JWW2G48FIVezCmAUhkZLLLpqbos5AXNB6CCeYybhR59HPAMPewtZLRSdcxmZQ"
    "f9Oeb8sCueOSnBY/OMka4rzS/ZiCHKd2BmvMKMTyFkys8qTGDDUSh2YcZBYRwgpfjOs6Dr"
    "WnM0n6BAVQGSd2DGQGEMFgjfzZjqgjyOg2oGZ4m0QV8B/dhpCDp1DGm1+7ZU2NhaEh2fl3"
    "UU9Z4YMqslW9VnsKYXM+lVqM5ALUxh1d74eZdOWWKuSynZaVamRw/MiKav0nWGgCb5Aaqz"
    "A5RyA0S2jShlH7yDA2SHqiVTquT1c/HuqnbKlAQi+5QPAzhfA6m4etf0YhgahXPdiIZkbo"
    "k/lRadnJh+k/+40dw/rpn6x5KaNcQlksCoujPzRMAcfGznX4UCy4VLEqm7geYlzThs4UjF"
    "k+Z5sXtB6luvMhpV8mZMtkq/bGVxFefcijtxZR/GilLYiGfYQeuQE49I83U8leZH1oMZhY"
    "1HwUEhm8rbjUOmDzMSqiNBgjvo4T/ZHrzJwlTVhRkHpePEEAVTaCOmBnl3EbxTshPk0vqZ"
    "C4fNyrLUVGUpV3QNIU8Xq6IhZWWGEQmgVa0K7v5ELXvGZnJF0tbammcSaW0Y0J6LbZGFp1"
    "o2JCtizlQkLD4MeC52JUxzMgbUyoyHipVDClIGWFPlpu9auWK1LKOrXCn3C0U7qNv9lU6e"
    "J6rkZvcUeY3c4pxtAdKbpBs9Ic18pk8jGu8/LWCaK1eiJ7C5vfppaKt9KpTBvc50pSe2hQ"
    "07hy57B3D55eKirl52KRZcRjklkj/98hm5VRFIyvXJdwTw/CnaDLtOIM2CroCRhp98nj8j"
    "8mh1BYg+ku7IgueHR5prQQWea2bQf0y89HSBiK9RXRUME9PpbZbiyk+z6jJhq7n8dIGw07"
    "QM12JGRCWvEN7zYltAlBoDfAi/oyBdZl+CX0Vr6GbuUzCDDwigR/YgdwmIh96KAlxC2yvX"
    "DOvliaZe17DqdWHKLj8q+1dnxcwphJqPKQmkYXzXc+i6db6mK7n+yNZxt7P6aPzmZDWh+R"
    "91c/n60+nFRVWcgMLKsBboMan4q51x3DX1+yqh3s1Kbk3q9z1vaejBDbQhz3cD2IiqHp5l"
    "JMxUfZo9X3/fPXOTQ8O5KYFWWhCfJigj2ucBxa4Cm/lwDefbKrLbcr5dMi3nDpr7JORRYZ"
    "+RTYI8IVDZaFTHweB1cysQ7RsyMjczBETxEQA9ukABCAmA4B4tkQN4fi3E7pApJz2AzUw5"
    "FLxjl30XLim4Q6HgQXikJtgfvwazF2X+pYP+W2Zb6ryCNCNcevEDqqZlqE1ke25dXclEQM"
    "PSv4eNQpgOa0KYDsshTOy7UsE3aa4huuPj4ybBkcfH1bGR/F7Br81HQUWewmqMc0IaIt3J"
    "PMaeH4XWDNKZCtR5KQ2xbr+sU5qjPMKb5TZP5UyU1+aOy7FipIL+WsLgvkVyZsMKf4usMM"
    "+bh+gGo56X1HDUd2SUU0xKw1zi/J7Hvv87mexJLHp+eVRnw/9OJg2N9t9IcM9MYxgCTIET"
    "IQC5eQ2S1JAjYLuQzUAHRGweBczcdhGk6B3gD0iN7Vum+9+CIPLEX6LGK+uCcIO6bMT38D"
    "xj1O+oUc/UQAn+NTYnlpY+00I9b2IJnVQbQifPac8PTBnswcj04dIlUKlKSkbERHC2rpCz"
    "3SSMJGZoDUG4kugxt9qHL2ddId512DLbfzdQfNdSRukdnNKbYxLCEM19mWN5pTKUFdEm3r"
    "k1Xwz+OW4AalGsR9/GXUGW105CjhV5oSxxSP16VJRtYVUamPaj06KUjNZESZPNCemnz7Zv"
    "KbiQhhYKAlkGwxv0WLFQ5aV0wLnuyzn75029zrr6cC6uLn9OmxcVWUMiGxJ5ij1MZxsNe0"
    "HU7F1D27sGwiJ/4unQJDTypyRNWjWPPE8z2j1NJF95CPDm3CuL87JxrNwI+C70POSABQ5n"
    "sQ8WM7QRiNMjxUywDSPKWmDOBHNXLk79cokZ8vhFTAFFXljmkrt/5Ffvq3eLnVswJa5LFh"
    "RMAzKPhUeA04+JuI19jDh9TUn8dPaGIFxgG4FFgENE2fvZ6F3SNX8l/t7fUfAJUcoG7eD8"
    "A/sRhD3vln0CIevqFojAVdF2yoCnnCgXgmTOownJdPWgEcBe/DNn0Ef8zi0b0ZcUBQ/sBe"
    "hLMYgv0367oMhr/ChaJGiflyHPp6o/aaB0HRWXm0yy+pMXTzm4cYdGaQnN2tRjGSmNAiJ6"
    "TjqWeqQoRU7khTQCvzU73RzvrNaP102MttfVRtvrMh2b7kEqCOeENIT5aNwEZ9aqeqEeS3"
    "L7i41U5awnI9L/WY9GblY0mvwuLSBSTUtkRAwnoc5J7Mg52q9nlx/OL3/e1bM0c9jSsqqh"
    "zF4a4nKbRWIe+gxLR6U2XE7GaMsm0YRhg8VngcLQ3WjU85KGCzZcsJwLjsstz7C/J2OE13"
    "dHtbzwqp1itrbvKKctbcQpSwh4Dth3wCYRG2NA2AcdE7DQtpHP5iXYP/1ycDiWhAJv353J"
    "szasPGtmu/sWt7vIdzYc9bykGfWhjLpk/yulZA2ILPVIDU2ZtO+RUPh0xvMV9sMnNCIpaz"
    "jKMkWZ7niSw6O6pJVZMZO0UiFppYMpB8DC81gtqYjsrwW/sg8zEgoj0X+5kMHtGyaH3AAR"
    "LVl/z1UtZGjg/pXOnjbLhZiUcU0gfTJl3PMwFFdReDW9mk6xjfYkFEX29qiOoyBRaJEp+9"
    "+q6ZMsxQeeKwwu4HIEIAVpZVfArQgK9k//cTAevxjFbmXQA0TIQZe7l3nOAfbKPEUbHRqm"
    "wjAVO7Ly7KjNapiKb3HUmzAVUaTm7pq219GXqiWX15xvSRBafOLLP6lK/5KMVN3ntIOQ10"
    "DMP4eil4PnKMOXlfmmwWOLFlVLv7iW6JGIjDzqIxuzd0xfaOfYSI8wbbcMdLUzzkrAOOOo"
    "O+OwzUydsskLGXccQ4N1g2gNDWY4m1Y4G8lS0B+qA1sDGnOLudVvUAn+r6JwQh7PvDBY7s"
    "nJsNXt0RNkGGvYjAU7zcVLjkQEY8jjIuMoQybtURgnjxKxlHPoIIDDd+JugFy4BHPygCiP"
    "dgyJuBpXQHTJncyVp8OnifjNkPjYprcABghMIgriv3njGZsTALK+4pSCJHBQQAETDjDn52"
    "BazPE7Cphh94K1S7J2laMzyVT8Ef8Kk4Zw+OF+1QSfAFDBLkjba2j073QawmFD20kewnhp"
    "KwNcHZq2lhhGFkL+PG2yEJq0kAMbkP6tuIGpxG2bxf3722gO6PNWGtUcXJPYwYSqDYf9Hf"
    "ZZ6KCillZVJiUcSLYCZTUBklZxbByvxJ/iAIpEqqUFQvfuEgQ8BRTP+EQeUBBgh7MOcRWC"
    "89PLU/An+5eM4NimK+P9Y7x/dmSt21E/EOP98y2OehPvH/Hf0nhXk1Vpew3ZqnEjtmpcw1"
    "aNJWwVm/EW3+mU2NaskIZIt1+YkbokpFZ8MiFfwmpTCkqktUk403NiQeNEYJwIBnDevUXg"
    "h4yokpw3vE+Ef/rlM3KrIhkTsM94RzfJGdpuESlVgOc++hlTSixu7m0H00eyw4VY6xFamc"
    "DbIZQSAVdJdxp9wYXw+W3nUorUZ6b3agRSHwzUanLVMFHZCfg0I2Xlpv/T1NRHEgU09oUJ"
    "UJz9htNGLrGhKyLLRGDZ4eGLdwD9EbFrXGOmwHYJRcJHxYHLMkvVWq+GsBoWYaUaIGCCA9"
    "6mQSZz7EUy8K7n0HWrDaaCrE56+9H4zclqgvI/6ubm9afTiwvJCafnbIhsXtLgWpiz6X6i"
    "tIwWpHQCtSsjk2YOnLY0NLNnVzsGclNjszDBhpRpIKsG16hziZbcQJNLNfMGZdfjU8AZ17"
    "reglumPNFbXhoGggnmPs70Huzzf70C/w2uI4/dfzFKVC7uxhyvgiuv41RLk+h1XT7IqHpD"
    "U/WWEsOwfk9NZXRa+FvZTY0GaDTAHcPVaIBGAzQaoJIGiGAoVf1QfNBZo/OxFgqVEXlzrk"
    "RB8S/kpJFlbwEWpf1CXoEQCYcwpkrhAJCFx/6iCx6Qtv/+l4OjY0ka7FZ7NtrcsLQ51dQz"
    "JvPMqGnmmQBRnz1RduBUHZmTE9oqNmeYZ3S9BeFkX7OEf3VWkIKYyQ2inhtkjkLI1xuVaZ"
    "+VMRFprX8M6QatprMXpIzOPqBgHx1xrbGFEsRaMIXer3vaMYibWkL52fV0Apf0M28B3NNM"
    "V5qiW1gUB2VnuiT8SApWU/HeqNbeZK0skXSkmdF5CrgEuEd+CKYkAJTM0YQ4S/EHBFO0WH"
    "H7+5+vD7hfB/f3uE3fhrub3fIqS4D7r/HkKvcI+VSav6WzBxmT1JikA1mE+kmGKvPrq/PN"
    "XwvppKr07JXPDxUUgV+JGNg3h/3Rx8wwUoY+K2bg3xh+zCBE0mCguipFGSlTl0ihLlEa/D"
    "tZqtmjJTmTf6IMbsDUfEiRarmzrJiZzBtMZhMDr0s0dJMY+OfNTDS4ge6WVVuD1gL3oxJh"
    "NzScm5I/pVm2eWQj5yG2DbDKkBsagd5thFUWsxqeLMW0AVdmrYayCWEm+CfBY02WAIoMv3"
    "GWYepDTzhQCNtjKRxjA+TH7hac5iIeOhBPBy4h9weRnCdrvX9Djw2LHjM7ZJdavmHIDEP2"
    "jcFuGDLDkH0rpILQ15S2zYyETrO8tQ1TJB5RRHQlYRB92kifJaf224YAZBwAdgzgptZ55l"
    "N92utllhh4W8KqeRKnzLc6JE8XUYZeYr2n5emrrXaeGL6xrc4bjwD3MPHY/99BD/8pKBmw"
    "mCEP3LJNOHv1VlTuCZiVlcS+cvHvaE5SZrF39BRjtw/LbjfnGdXQ63ueYXL66jbqKUYmp2"
    "8jJ7ZOcvpSN5L4glfjm7bXEN9OKnwVdA51cqIobUgKBZKC4ee7MJySYK6OfFbSoK6A+gST"
    "MtrVgYJJcxMgqB4g6JI7YkWBq7KCZ2V0wLy0STbcJWu3ydI6PoEeA0UV67yUQbsp2jZkj3"
    "BgYD1gBxGLT1kV2CvEDf5N8d+lSg97Z1FAfPS3C+I5sYrUPe7tF33gZaYscfqtAnleqkfM"
    "49Rz/YD9QwOsf6iE+gfp3OZ6nYxIqE9nVRDVyLe7jXRW4Qyp2eorAf0W5sNmpmSNJVlSQA"
    "LoORw8IqmYUaOB5MX0Q7rl1YFpDffWhljLZA3gTwA+YypaDJo0K0GtkV6SNWa6igeHQI+Q"
    "ewtaosrzHM0nsno8DcZA2osZDUWqKsAP0uz/TzJVa0GDuQLmAWFqrBWQCfYs9mQUPEAl87"
    "5KvkdF/NPV5c3HfvTw4wYL/3Hlwn9cUmiS5CounmNZ/EZ1iquypEnvtnlGK+zZbsTW8MRF"
    "hE3kyiGpX4fq+jHLksKyZNK+De4jMTU5JbvDs3h5xx5ban6yORmNWJuuHGVjvMoAK/t0pl"
    "6Eu4VuU5fO3LTaPH4V+ti6R7JSECohrKc+ZuOiD9gVseymeGktULHxTWfY3xKoT6uOutqW"
    "nhsqe4Zdh33A2+Gk1wqXd7ikbAJsh05Dn/5dQadTR/wAPiB3VV5C5pKfbzGqdc4Xba20lE"
    "NDP/0PcEmBcJfH9iyuEhpjC9KOuKM8dzYFmEfAE+4OD/iRr6g2Oj6U1DxoqU/jgz8sH/xd"
    "8hDo7WikfbeAOB5etSZsXuqbrgzL49pV4cvKbAneMHe2hthxBUDN0M5ImIDUp+3siMqO20"
    "zkZN7MzkyqIUVOCtQlalo6GtXK2UqxbhI56bO2Qn0iwI8mLqYzRIGwh4GYbTzccUGCeyrU"
    "JxHDKAuN3KSbr95X77bIXd6C/Tm2A0IRGziHAorZ3BR6HfKJPXsB5uSBdbfA4Yz3H7AZy1"
    "4irlRvQw/EPbG/mdbHY2K/o2AaICSykps0SUNU9Uy4ZTX0uxl4Z8Itv8VRTzGqC7fkW5Nq"
    "yGVWRkOjrpOwQDSHWMnVZCWgIcJH4yYIs1bV9RnGJYR7DRwemJnXQ9ywDyll+qJjzSCdqe"
    "BcEjSANwLcBFX2FVQJH5gmrBzql5fSAXcTalZyczKhZibUbHdCzTbC+3DcFdLtRZq5hEf4"
    "qszetUSPMxf1tES0H2xmQvlMKN/OR5aZUL6eATehfErGS4sRA0yTIAvLWbK/sW1VlniuHY"
    "HKPnocifTYZGcHInntleOV2vF5hbTxWK8GGvq+pZrDTiar3+LeVTq7NC1aGuiluMxU9GCW"
    "e7VYYejM8QbZBFdiBm8FvJn1eK880ddCBmsFrMVBl/WAAswetMnxs7SDFk6hB7bY7+6hc9"
    "nXwAS8moDXFgdHr4DXbAJgNXNCImlMiSedcuvTNZsQ2JxvrmSK5Xx02XuAyy8XF4OMhB2a"
    "V0yjqLyEmNkSo/drekePiVnCiO07vE5rOzjpVhfYxFZvABT3VpfTqgog6TyTTPB5Y6i41u"
    "BQniNpKjuYUgHrKgqvplfTKbZ1/fBIFFpkyv6X/sa+wNrNqZWN+d4cqWycuY4wzTgwLWgI"
    "xTL3OmIlyyawOWLlPAa6YNZluOFvaDJjyuieJOIwvTWqCzpcxI0axh3+NkMBiuMDKYDsn5"
    "wvQg4IyTuAHpmouwQ8RQNZsJEDMeXA8zhQFI6Ax+9MeRlGkB71HCywg7hEOTax20e1HExY"
    "fago5Vc29C573nDCfGzGSZPQjCJ5nInMOHlhwgu/sUAzE174LY665KRHGl7Yb0aJgdk7bb"
    "vBiIzrSoBmJAygkuPnFRumBmtJzoArOcpia8PMsl1clcG1Wr2SiOrnstWWspUJ09ys+qUp"
    "fVmAuKn3Co0m/O0m6qUCy5IaRnp3FUTIrET8oFo4Yy1kPJybz3D2Dnd30sSg1b46WZlh+O"
    "rw52njq+PDpUsgexSa84Vb8h1Ux4nLZHXYWPsOGqfIDpBSQO1aQge8C6ViGi3zxzWr/LE8"
    "UlzF0MHSiESjiCfYWOzHKU3YnJB+c7aJ7l2tegvNu+RV9jyZCZPzgA/IxTwB3171kcGqya"
    "jB0QF36+KtcdN00lceAnNEKeT5/ogg8ZOuAPQcMCMLgENO5IugP3bPC8vHA5t20jLxX+ft"
    "qlkiwV78W6vPA9LZpsYP5KU0NJ3a5wYoYj/Tk3pU1Ll2Z6Q02lp7duq+jx1Um87upLmG07"
    "qTKMXE3lRSbtYiGqJ80gTkk2qMT8o5LIgjmcE1+ciS9lqA27dxyR4fpscLKpO6KNdj7hum"
    "TbrYFp5Af/ud9pUsq5PVhIYwjCR8V41pv5LoEfFfzy4/nF/+3BfQbSfFgSGnoGRVRytVka"
    "yINtFlrdn4QeRt4F2xltLQs2J3PSnKDjRxeLkVeaEskXD9IBdlTXT0kEeadeWzX4esqo2o"
    "coGUSGpksrW3UqYwoUcbBb5kzazWa2WyOnCjfau4KAhkgTDVwK8EDNrqaDtREIfszlWWk4"
    "KUWUrKS4lxZq6GejfdWps4MycHIxuNe1HW6GJD08UGcqp3igJsz/Ykh3nJnVHdGR5ct3nq"
    "3K56YE1lrmFV5mLrBpVmKammpjIiWlCxBf/C4+Mm7oXHx9XehfxegZnyfRWEk+YaotsJu5"
    "pw1GWEq90JMyL9exM+z0bZmt/gs25mf/0/RQCgmQ=="
)
